"""What autologging of scikit-learn adds to a fit."""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.servers import PEER, environment
from benchmarks.table import Row

BAR_MS = 30.0
BAR_MODEL_MS = 1000.0
ROUNDS = 2
# How often each is fitted; what is slow less often.
FITS = {"mlflow": 4, "runstone": 40}
SEARCHES = {"mlflow": 1, "runstone": 5}

# The same words for both packages. Both sides log to a database of their own, and capture what they capture by default.
FITTING = """
import json, sys, time
import {package} as tracking
import {package}.sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
tracking.set_tracking_uri(sys.argv[1])
fits, searches = int(sys.argv[2]), int(sys.argv[3])
rows, kinds = load_iris(return_X_y=True, as_frame=True)
def once(count, make):
    make().fit(rows, kinds)  # the first one imports
    start = time.process_time()
    for _ in range(count):
        make().fit(rows, kinds)
    return 1000 * (time.process_time() - start) / count
plain = lambda: LogisticRegression(max_iter=500)
search = lambda: GridSearchCV(plain(), {{"C": [0.01, 0.1, 0.3, 1, 3, 10, 30, 100]}}, cv=2)
without = once(fits, plain), once(searches, search)
tracking.sklearn.autolog(log_models=False, silent=True)
logged = once(fits, plain), once(searches, search)
def scored(count, model):
    start = time.process_time()
    for _ in range(count):
        model.score(rows, kinds)
    return 1000 * (time.process_time() - start) / count
model = plain().fit(rows, kinds)
score = scored(fits, model)
tracking.sklearn.autolog(disable=True)
score -= scored(fits, model)
tracking.sklearn.autolog(log_models=True, log_input_examples=False, silent=True)
model = once(max(1, fits // 4), plain)
print(json.dumps([logged[0] - without[0], logged[1] - without[1], model - without[0], score]), file=sys.stderr)
"""


def rows(folder: Path) -> list[Row]:
    """Fit in a process of its own, in turns, the least of each: a busy machine only adds."""
    found: dict[str, list[list[float]]] = {name: [] for name in FITS}
    for turn in range(ROUNDS):
        for name in FITS:
            found[name].append(_told(name, folder / f"autolog-{name}-{turn}.db", folder))
    fit, search, model, score = (
        {name: min(each[place] for each in told) for name, told in found.items()} for place in range(4)
    )
    return [
        Row("autologging of scikit-learn: added to a fit, no model", "ms CPU", fit["mlflow"], fit["runstone"], BAR_MS),
        Row("the same, with the model", "ms CPU", model["mlflow"], model["runstone"], BAR_MODEL_MS),
        Row(
            "autologging of a search with 8 candidates, no model",
            "ms CPU",
            search["mlflow"],
            search["runstone"],
            note="five child runs each",
        ),
        Row("added to a score that is computed after the fit", "ms CPU", score["mlflow"], score["runstone"]),
    ]


def _told(name: str, database: Path, folder: Path) -> list[float]:
    python = str(PEER) if name == "mlflow" else sys.executable
    arguments = [f"sqlite:///{database}", str(FITS[name]), str(SEARCHES[name])]
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # threads that wait for work count as work
    done = subprocess.run(
        [python, "-W", "ignore", "-c", FITTING.format(package=name), *arguments],
        cwd=folder,
        env={**os.environ, **environment(), **one},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"fitting with {name} failed:\n{done.stderr[-2000:]}")
    told: list[float] = json.loads(done.stderr.strip().splitlines()[-1])
    return told
