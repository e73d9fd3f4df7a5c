"""Pipelines of transformers, by its own files with weights as safetensors: they run no code when they are opened."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import libraries
from runstone.flavors.base import Predict, Saved

_MODEL = "model"
_TOKENIZER = "components/tokenizer"
_LOCAL: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
# Ways to compute attention that PyTorch has; transformers fetches others as compiled code.
_ATTENTION = (None, "eager", "sdpa", "flex_attention")
# By these a config says which: transformers sets what it finds, its own private names too.
_ASKED = ("attn_implementation", "_attn_implementation", "_attn_implementation_internal")


class TransformersFlavor:
    """Keeps pipelines of a model and a tokenizer."""

    name: ClassVar[str] = "transformers"
    argument: ClassVar[str] = "transformers_model"
    loader_module: ClassVar[str] = "mlflow.transformers"
    modules: ClassVar[tuple[str, ...]] = ("transformers", "torch")

    def accepts(self, model: object) -> bool:
        """Whether it is a pipeline."""
        return libraries.is_a(model, "transformers.pipelines.base.Pipeline")

    def save(self, model: Any, folder: Path, *, task: str | None = None) -> Saved:
        """Write ``model`` and ``components/tokenizer``, two folders.

        Args:
            model: A pipeline, or a dict of its parts: ``{"model": ..., "tokenizer": ...}``.
            folder: The model's folder.
            task: What the parts are put together for, such as ``"text-classification"``.

        Raises:
            InvalidValue: It is no pipeline, has other parts than these two, or parts came without a task.
        """
        transformers = libraries.imported("transformers", install="transformers torch")
        if isinstance(model, dict) and {"model", "tokenizer"} <= set(model):
            if task is None:
                raise InvalidValue("parts of a pipeline need a task, such as task='text-classification'")
            model = transformers.pipeline(task, **model)
        if not self.accepts(model):
            raise InvalidValue(
                "transformers_model is a pipeline, or {'model': ..., 'tokenizer': ...}; "
                f"got a {libraries.class_name(type(model))}"
            )
        if model.tokenizer is None or not libraries.is_own(model.model, "transformers"):
            raise InvalidValue(
                "a pipeline is kept if it has a tokenizer and a model of transformers; "
                f"this one has {shown(model.tokenizer)} and a {libraries.class_name(type(model.model))}: "
                "wrap others in a PythonModel"
            )
        model.model.save_pretrained(folder / _MODEL)
        model.tokenizer.save_pretrained(folder / _TOKENIZER)
        return Saved(
            flavor={
                "code": None,
                "components": ["tokenizer"],
                "instance_type": type(model).__name__,
                "model_binary": _MODEL,
                "pipeline_model_type": type(model.model).__name__,
                "source_model_name": str(model.model.name_or_path),
                "task": model.task,
                "tokenizer_type": type(model.tokenizer).__name__,
                "torch_dtype": str(model.model.dtype),
                "transformers_version": transformers.__version__,
            },
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Never: weights are read from safetensors alone, and classes are those of transformers."""
        return ""

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The pipeline; nothing is fetched from anywhere.

        Raises:
            InvalidModel: Its files cannot be read, or it is of a class that transformers does not have.
            Unsupported: transformers, or PyTorch, is not installed.
        """
        libraries.imported("torch", install="transformers torch")
        transformers = libraries.imported("transformers", install="transformers torch")
        place = libraries.file_of(folder, settings, "model_binary", _MODEL)
        kind = getattr(transformers, str(settings.get("pipeline_model_type")), None)
        if not isinstance(kind, type) or not issubclass(kind, transformers.PreTrainedModel):
            raise InvalidModel(
                f"'pipeline_model_type' is a class of a model of transformers; "
                f"got {shown(settings.get('pipeline_model_type'))}"
            )
        with libraries.reading(place, "transformers"):
            _check_attention(json.loads((place / "config.json").read_bytes()))
            model = kind.from_pretrained(place, use_safetensors=True, **_LOCAL)  # type: ignore[attr-defined]
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder / _TOKENIZER, **_LOCAL)
            return transformers.pipeline(settings.get("task"), model=model, tokenizer=tokenizer)

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls the pipeline on texts; params are those of the pipeline."""
        import pandas

        if model.task not in _ANSWERS:
            raise InvalidValue(
                f"pipelines predict for the tasks {', '.join(_ANSWERS)}; this one's is {model.task}: "
                "use what transformers.load_model gives"
            )

        def predict(rows: Any, params: dict[str, Any] | None) -> Any:
            if isinstance(rows, pandas.DataFrame):
                if len(rows.columns) != 1:
                    raise InvalidValue(
                        f"a pipeline takes a frame of one column of texts; got the columns {list(rows.columns)}"
                    )
                rows = rows.iloc[:, 0]
            texts = [rows] if isinstance(rows, str) else [str(text) for text in rows]
            return _ANSWERS[model.task]([model(text, **(params or {})) for text in texts])

        return predict


def _check_attention(config: Any) -> None:
    """Make sure that a model asks for nothing that would be fetched, itself or in a part of it."""
    parts = config.values() if isinstance(config, dict) else config if isinstance(config, list) else ()
    for key in _ASKED if isinstance(config, dict) else ():
        wanted = config.get(key)
        for each in wanted.values() if isinstance(wanted, dict) else [wanted]:
            if each not in _ATTENTION:
                raise InvalidModel(
                    f"{key!r} in the model's config.json is {shown(each)}, which may be fetched; "
                    f"wanted: one of {', '.join(map(str, _ATTENTION[1:]))}, or none"
                )
    for part in parts:
        _check_attention(part)


def _classes(answers: list[Any]) -> Any:
    import pandas

    return pandas.DataFrame([each[0] for each in answers])


# For each task what becomes of the answers of its pipeline, one for each text; the same as in MLflow.
_ANSWERS: dict[str, Callable[[list[Any]], Any]] = {
    "text-classification": _classes,
    "fill-mask": lambda answers: [each[0]["token_str"] for each in answers],
    "text-generation": lambda answers: [each[0]["generated_text"] for each in answers],
    "token-classification": lambda answers: [",".join(part["entity"] for part in each) for each in answers],
}
