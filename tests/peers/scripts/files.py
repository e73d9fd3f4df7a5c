"""Artifacts of every kind that the genuine fluent functions log, up and down again."""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException  # type: ignore[import-not-found]  # as above
from mlflow.store.artifact.artifact_repository_registry import (  # type: ignore[import-not-found]  # as above
    get_artifact_repository,
)
from PIL import Image

client = MlflowClient()
seen: dict[str, Any] = {}
folder = Path("to log")
(folder / "deep" / "deeper").mkdir(parents=True)
(folder / "top.txt").write_text("top")
(folder / "deep" / "middle.bin").write_bytes(bytes(range(256)) * 4096)
(folder / "deep" / "deeper" / "größe 1.txt").write_text("ganz unten", encoding="utf-8")


def listed(run_id: str, path: str | None = None) -> list[list[Any]]:
    """What lies at a path: name, whether it is a folder, size."""
    return [[each.path, each.is_dir, each.file_size] for each in client.list_artifacts(run_id, path)]


mlflow.set_experiment("files of the genuine client")
with mlflow.start_run() as run:
    run_id = run.info.run_id
    mlflow.log_text("Zeile\n", "notes/read me.txt")
    mlflow.log_dict({"a": [1, 2]}, "config.json")
    mlflow.log_dict({"b": {"c": 3}}, "config.yaml")
    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 0])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_image(Image.new("RGB", (4, 4), "red"), "red.png")
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), key="black", step=3)
    mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
    mlflow.log_table(pd.DataFrame({"x": [3], "y": ["c"]}), "table.json")
    mlflow.log_artifact(str(folder / "top.txt"), "single")
    mlflow.log_artifacts(str(folder), "tree")
    client.log_text(run_id, "by the client", "client.txt")
    seen["uri"] = mlflow.get_artifact_uri("notes/read me.txt")
seen["run_id"] = run_id

seen["root"] = listed(run_id)
seen["tree"] = [listed(run_id, "tree"), listed(run_id, "tree/deep"), listed(run_id, "tree/deep/deeper")]
seen["images"] = len(listed(run_id, "images"))
seen["empty"] = listed(run_id, "no such folder")

seen["text"] = mlflow.artifacts.load_text(f"runs:/{run_id}/notes/read me.txt")
seen["dict"] = mlflow.artifacts.load_dict(f"runs:/{run_id}/config.json")
seen["image"] = mlflow.artifacts.load_image(f"runs:/{run_id}/red.png").size
seen["table"] = mlflow.load_table("table.json", run_ids=[run_id], extra_columns=["run_id"]).to_dict("list")
whole = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="tree", dst_path="down"))
seen["same"] = {
    path.relative_to(folder).as_posix(): (whole / path.relative_to(folder)).read_bytes() == path.read_bytes()
    for path in sorted(folder.rglob("*"))
    if path.is_file()
}
one = Path(client.download_artifacts(run_id, "client.txt"))
seen["one"] = one.read_text()
try:
    mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="no/such/file.txt")
    seen["missing"] = ""
except MlflowException as error:
    seen["missing"] = error.error_code
try:
    mlflow.artifacts.download_artifacts(artifact_uri=f"runs:/{run_id}/../../secret.txt")
    seen["up"] = ""
except (MlflowException, OSError) as error:
    seen["up"] = type(error).__name__
get_artifact_repository(run.info.artifact_uri).delete_artifacts("tree")
seen["after_deletion"] = [name for name, _, _ in listed(run_id)]

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
