"""Evaluations with the library ``shap``, where it is: ``tests/peers/test_explanations.py`` runs them there."""

import importlib.util

collect_ignore = [] if importlib.util.find_spec("shap") else ["test_shap.py"]
