from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Scaled(PythonModel):
    def load_context(self, context):
        with open(context.artifacts["factor"]) as file:
            self.factor = float(file.read())

    def predict(self, context, model_input, params=None):
        return model_input["height"] * self.factor


set_model(Scaled())
