"""Models of a user's own, and every model loaded so that it predicts the same way; as ``runstone.pyfunc``."""

from runstone.client.fluent.flavors import FlavorModule
from runstone.client.fluent.models import load_pyfunc as load_model
from runstone.flavors.python_model import PythonModel, PythonModelContext
from runstone.models.predictor import PyFuncModel

_verbs = FlavorModule("pyfunc")
save_model = _verbs.save_model
log_model = _verbs.log_model

__all__ = ["PyFuncModel", "PythonModel", "PythonModelContext", "load_model", "log_model", "save_model"]
