"""Models of the flavor keras: saved, logged and loaded."""

# Made by `make generated` from `runstone.flavors.keras`; change that, not this file.

from collections.abc import Mapping, Sequence
from typing import Any

from runstone.autologging.keras import autolog as autolog
from runstone.client.model_logging import ModelInfo
from runstone.models.format import Model
from runstone.models.signature import ModelSignature

def save_model(
    model: Any,
    path: str,
    *,
    save_model_kwargs: dict[str, Any] | None = ...,
    signature: ModelSignature | bool | None = ...,
    input_example: Any = ...,
    pip_requirements: Any = ...,
    extra_pip_requirements: Any = ...,
    conda_env: Any = ...,
    code_paths: Sequence[str] | None = ...,
    infer_code_paths: bool = ...,
    metadata: Mapping[str, Any] | None = ...,
    extra_files: Sequence[str] | None = ...,
    mlflow_model: Model | None = ...,
) -> Model: ...
def log_model(
    model: Any,
    artifact_path: str | None = ...,
    *,
    name: str | None = ...,
    params: Mapping[str, Any] | None = ...,
    tags: Mapping[str, Any] | None = ...,
    model_type: str | None = ...,
    step: int = ...,
    model_id: str | None = ...,
    run_id: str | None = ...,
    registered_model_name: str | None = ...,
    await_registration_for: int = ...,
    save_model_kwargs: dict[str, Any] | None = ...,
    signature: ModelSignature | bool | None = ...,
    input_example: Any = ...,
    pip_requirements: Any = ...,
    extra_pip_requirements: Any = ...,
    conda_env: Any = ...,
    code_paths: Sequence[str] | None = ...,
    infer_code_paths: bool = ...,
    metadata: Mapping[str, Any] | None = ...,
    extra_files: Sequence[str] | None = ...,
) -> ModelInfo: ...
def load_model(
    model_uri: str,
    dst_path: str | None = ...,
    *,
    trust: bool = ...,
) -> Any: ...
