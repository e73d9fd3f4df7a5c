"""A model that does what it is told to."""

from typing import Any

from runstone.flavors.python_model import PythonModel


def obedient() -> PythonModel:
    """The model: it runs the code that it is given, and gives what that calls ``answer``."""

    # Within a function, so that its code goes into the pickle: a worker knows nothing of the tests.
    class Obedient(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            names: dict[str, Any] = {}
            exec(model_input, names)
            return names.get("answer")

    return Obedient()
