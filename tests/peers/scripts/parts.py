"""A large file that the genuine client sends in parts, past the server, and fetches again."""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(6 << 20)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(5 << 20)

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own

seen: dict[str, Any] = {}
large = Path("large.bin")
large.write_bytes(hashlib.sha256(b"seed").digest() * 400_000)
Path("small.txt").write_text("small")

with mlflow.start_run() as run:
    mlflow.log_artifact(str(large.resolve()), "models")
    mlflow.log_artifact("small.txt")
seen["uri"] = run.info.artifact_uri
back = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="models/large.bin"))
seen["same"] = back.read_bytes() == large.read_bytes()
seen["files"] = [[each.path, each.file_size] for each in mlflow.MlflowClient().list_artifacts(run.info.run_id)]

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
