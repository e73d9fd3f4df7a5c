"""Trained models as files, with a word on how to open them."""

from typing import Any

import joblib
import sklearn

from runstone.demo.recording import Recording

_MODEL = "model/model.joblib"
_README = """\
# How to open this model

The file `model.joblib` holds a scikit-learn {version} model, {kind}.
Fetch the folder and load it:

```python
import joblib

model = joblib.load("model/model.joblib")
predictions = model.predict(rows)  # {rows}
```

A file of this kind runs code when it is opened: open it only if you trust who made it.
"""


def keep(run: Recording, model: Any, *, rows: str) -> None:
    """Keep a model among the artifacts of its run.

    Args:
        run: The run.
        model: A fitted scikit-learn estimator.
        rows: What it predicts from, for the text beside it.
    """
    joblib.dump(model, run.place(_MODEL), compress=3)
    run.text("model/README.md", _README.format(version=sklearn.__version__, kind=type(model).__name__, rows=rows))
