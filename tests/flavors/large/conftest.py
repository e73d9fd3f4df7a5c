"""The flavors of large libraries, in the environment that has them: ``tests/flavors/test_large.py`` runs them there."""

import importlib.util
import os

LIBRARIES = {
    "keras": "keras",
    "prophet": "prophet",
    "pytorch": "torch",
    "spacy": "spacy",
    "spark": "pyspark",
    "transformers": "transformers",
}

collect_ignore = [f"test_{name}.py" for name, module in LIBRARIES.items() if not importlib.util.find_spec(module)]

# Keras asks this when it is imported.
os.environ.setdefault("KERAS_BACKEND", "torch")
# Spark starts a machine of Java, which is ready sooner if it optimizes less.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
