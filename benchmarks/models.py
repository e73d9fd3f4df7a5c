"""What models cost: to log, save, load, and to ask through the wrapper that checks rows.

Both sides run the same script in a fresh process on a store of their own, in turns; CPU time counts, with that of all
processes that were started.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.servers import PEER, environment
from benchmarks.table import Row

ROUNDS = 2

SCRIPT = """
import json, os, sys, time
from pathlib import Path
import pandas as pd
from sklearn.linear_model import LogisticRegression

if sys.argv[1] == "ours":
    import runstone as mlflow, runstone.sklearn
else:
    import mlflow, mlflow.sklearn

def cpu():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system

def least(action, times):
    found = []
    for _ in range(times):
        begun = time.process_time()
        action()
        found.append(time.process_time() - begun)
    return min(found)

rows = pd.DataFrame({f"c{n}": [float(i % (n + 2)) for i in range(10_000)] for n in range(8)})
model = LogisticRegression().fit(rows, [i % 2 for i in range(10_000)])
example = rows.head(5)
mlflow.set_tracking_uri(f"sqlite:///{os.getcwd()}/store.db")
mlflow.set_experiment("models")
told = {}
with mlflow.start_run():
    for name in ("first", "next"):
        begun = cpu()
        info = mlflow.sklearn.log_model(model, name="model", input_example=example)
        told[f"log, {name}"] = cpu() - begun
begun = cpu()
mlflow.sklearn.save_model(model, "saved", input_example=example)
told["save"] = cpu() - begun
begun = cpu()
mlflow.sklearn.save_model(model, "without")
told["save without"] = cpu() - begun
told["load"] = least(lambda: mlflow.pyfunc.load_model("saved"), 3)
loaded = mlflow.pyfunc.load_model("saved")
loaded.predict(example)
one = rows.head(1)
many = 200
told["one"] = least(lambda: [loaded.predict(one) for _ in range(many)], 3) / many
told["one bare"] = least(lambda: [model.predict(one) for _ in range(many)], 3) / many
told["all"] = least(lambda: [loaded.predict(rows) for _ in range(20)], 3) / 20
told["all bare"] = least(lambda: [model.predict(rows) for _ in range(20)], 3) / 20
Path("told.json").write_text(json.dumps(told))
"""


def rows(folder: Path) -> list[Row]:
    """Measure both sides in turns; the least of each counts, since a busy machine only adds."""
    found: dict[str, dict[str, float]] = {"mlflow": {}, "ours": {}}
    for turn in range(ROUNDS):
        for name, python in (("mlflow", str(PEER)), ("ours", sys.executable)):
            for what, figure in _told(name, python, folder / f"{name}-{turn}").items():
                found[name][what] = min(figure, found[name].get(what, figure))
    theirs, ours = found["mlflow"], found["ours"]
    note = "a scikit-learn model, 5 rows as example"
    return [
        Row("log_model with example, first of a process, CPU", "s", theirs["log, first"], ours["log, first"], 1, note),
        Row("log_model with example, the next, CPU", "s", theirs["log, next"], ours["log, next"], 1, note),
        Row("save_model with example, CPU", "s", theirs["save"], ours["save"], on="files"),
        Row("save_model without example, CPU", "s", theirs["save without"], ours["save without"], on="files"),
        Row("pyfunc.load_model, CPU", "ms", theirs["load"] * 1e3, ours["load"] * 1e3, on="files"),
        _overhead("1 row", "one", theirs, ours),
        _overhead("10,000 rows", "all", theirs, ours),
    ]


def _overhead(of: str, name: str, theirs: dict[str, float], ours: dict[str, float]) -> Row:
    bare = ours[f"{name} bare"] * 1e3
    return Row(
        f"pyfunc predict beyond the model's own, {of}, CPU",
        "ms",
        (theirs[name] - theirs[f"{name} bare"]) * 1e3,
        (ours[name] - ours[f"{name} bare"]) * 1e3,
        note=f"the model's own takes {bare:.2f} ms",
        on="memory",
    )


def _told(name: str, python: str, folder: Path) -> dict[str, float]:
    folder.mkdir(parents=True)
    command = [python, "-W", "ignore", "-c", SCRIPT, name]
    kept = {**environment(), "RUNSTONE_CAPTURE_CONSOLE": "false", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env={**os.environ, **kept}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the script of {name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    told: dict[str, float] = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return told
