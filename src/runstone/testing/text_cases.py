"""Cases of every store's contract: text that cannot be kept, at every place where a verb takes text.

The places are read off the contracts, so that a new verb has its cases at once.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Protocol
from uuid import uuid4

import pytest
from msgspec import Struct
from msgspec.structs import replace

from runstone.entities import (
    Applied,
    Dataset,
    DatasetFilter,
    DatasetInput,
    Entry,
    InputTag,
    LoggedModelStatus,
    Metric,
    ModelInput,
    ModelMetric,
    ModelOrder,
    ModelOutput,
    ModelStage,
    ModelTag,
    Param,
    Tag,
    WebhookEvent,
)
from runstone.errors import InvalidValue, RunstoneError
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore
from runstone.stores.registry import RegistryStore
from runstone.stores.trash import TrashStore
from runstone.stores.webhooks import WebhookStore

NUL = "a\0b"
HALF = "a\ud800b"
# Text, but in no name: what only looks for it must find nothing, and so with text that cannot be kept.
UNKNOWN = "a\x01b"

# Where text is kept or compared with what is, and refused by name. Wherever else it stands, nothing is found by it.
REFUSED = {
    "Dataset.digest",
    "Dataset.name",
    "Dataset.profile",
    "Dataset.schema",
    "Dataset.source",
    "Dataset.source_type",
    "Entry.run_name",
    "DatasetFilter.dataset_digest",
    "DatasetFilter.dataset_name",
    "InputTag.key",
    "InputTag.value",
    "ModelInput.model_id",
    "ModelMetric.dataset_digest",
    "ModelMetric.dataset_name",
    "ModelOrder.dataset_digest",
    "ModelOrder.dataset_name",
    "ModelOutput.model_id",
    "ModelTag.value",
    "Param.value",
    "Tag.value",
    "create_experiment.artifact_location",
    "create_logged_model.model_type",
    "create_logged_model.source_run_id",
    "create_model_version.description",
    "create_model_version.run_id",
    "create_model_version.run_link",
    "create_model_version.source",
    "create_registered_model.description",
    "create_run.run_name",
    "create_run.user_id",
    "create_webhook.description",
    "create_webhook.url",
    "update_model_version.description",
    "update_registered_model.description",
    "update_run.run_name",
    "update_webhook.description",
    "update_webhook.url",
}
_EXAMPLES: dict[str, Any] = {
    "alias": "champion",
    "artifact_location": "s3://files",
    "datasets": [DatasetInput(dataset=Dataset("d", "e", "local", "f", "g", "h"), tags=[InputTag("context", "train")])],
    "description": "wheat",
    "events": [WebhookEvent.from_str("registered_model.created")],
    "filter_string": "",
    "key": "t",
    "keys": ["m"],
    "metrics": [Metric("m", 1.0, 1)],
    "model_type": "tree",
    "new_name": "barley",
    "order_by": ["name"],
    "page_token": "",
    "params": [Param("p", "1")],
    "record": '{"artifact_path": "m", "run_id": "r", "utc_time_created": "now", "flavors": {}}',
    "run_link": "https://runs.example/1",
    "run_name": "named",
    "secret": "s",
    "source": "s3://models/wheat",
    "stage": ModelStage.STAGING,
    "stages": [ModelStage.STAGING],
    "status": LoggedModelStatus.READY,
    "url": "https://receiver.example/hook",
    "user_id": "ada",
    "writer": "w",
}
_OF_VERBS: dict[str, Any] = {
    "log_inputs.models": [ModelInput("m-1")],
    "log_outputs.models": [ModelOutput("m-1")],
    "search_logged_models.datasets": [DatasetFilter("d", "e")],
    "search_logged_models.order_by": [ModelOrder("metrics.m", dataset_name="d", dataset_digest="e")],
}


class Everything(TrackingStore, LineageStore, RegistryStore, WebhookStore, TrashStore, Protocol):
    """The contracts whose verbs are tried; a store may do some of them."""


def verbs_of(*contracts: type) -> list[str]:
    """Names of the verbs of some contracts that take arguments."""
    found = {
        name
        for contract in contracts
        for name, verb in inspect.getmembers(contract, inspect.isfunction)
        if not name.startswith("_") and len(inspect.signature(verb).parameters) > 1
    }
    return sorted(found)


def _examples(store: Any, verb: str) -> dict[str, Any]:
    """An argument of each name; ids and names are those of things that are there."""
    experiment = store.create_experiment("wheat")
    run = store.create_run(experiment).info.run_id
    entry = Entry(n=1, params=[Param("p", "1")], tags=[Tag("t", "1")], deleted_tag="t", run_name="named")
    found = dict(
        _EXAMPLES, entries=[entry], experiment_id=experiment, experiment_ids=[experiment], run_id=run, run_ids=[run]
    )
    found |= {"name": "barley" if verb.startswith("create_") else "wheat", "version": "1", "source_run_id": run}
    if isinstance(store, LineageStore):
        model = found["model_id"] = store.create_logged_model(experiment).model_id
        found["entries"] = [replace(entry, metrics=[ModelMetric("m", 1.0, 1, 0, model, "d", "e")])]
    if isinstance(store, RegistryStore):
        store.create_registered_model("wheat")
        store.create_model_version("wheat", "s3://models/wheat")
        store.set_registered_model_alias("wheat", "champion", "1")
    if isinstance(store, WebhookStore):
        found["webhook_id"] = store.create_webhook("w", _EXAMPLES["url"], _EXAMPLES["events"]).webhook_id
    return found


def _places(value: Any, name: str) -> Iterator[tuple[str, Callable[[str], Any]]]:
    """Each text in a value: where it stands, and what makes the value with another text there."""
    if isinstance(value, str) and not isinstance(value, Enum):
        scheme, sign, _ = value.rpartition("://")
        yield name, lambda text: f"{scheme}{sign}{text}"
    elif isinstance(value, list):
        for place, remade in _places(value[0], name):
            yield place, lambda text, remade=remade: [remade(text)]  # type: ignore[misc]  # bound as it is now
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            for place, remade in _places(getattr(value, field), f"{type(value).__name__}.{field}"):
                yield (
                    place,
                    lambda text, field=field, remade=remade: (  # type: ignore[misc]  # bound as it is now
                        replace(value, **{field: remade(text)})
                    ),
                )


def _calls(store: Any, verb: str) -> Iterator[tuple[str, Callable[[str], Any]]]:
    """Each place where a verb takes text, and a call with another text there."""
    found = _examples(store, verb)
    signature = list(inspect.signature(getattr(Everything, verb)).parameters.values())[1:]

    def example(argument: inspect.Parameter) -> Any:
        if argument.name in {"tag", "tags"}:
            tag = ModelTag("t", "1") if "ModelTag" in str(argument.annotation) else Tag("t", "1")
            return tag if argument.name == "tag" else [tag]
        return _OF_VERBS.get(f"{verb}.{argument.name}", found.get(argument.name))

    needed: Mapping[str, Any] = {each.name: example(each) for each in signature if each.default is each.empty}
    for argument in signature:
        if "str" in str(argument.annotation) or "Sequence" in str(argument.annotation):
            good = example(argument)
            assert good is not None, f"give {verb}.{argument.name} an example"
            for place, remade in _places(good, f"{verb}.{argument.name}"):
                yield (
                    place,
                    lambda text, name=argument.name, remade=remade: (  # type: ignore[misc]  # bound as it is now
                        getattr(store, verb)(**{**needed, **_fresh(needed), name: remade(text)})
                    ),
                )


def _fresh(needed: Mapping[str, Any]) -> dict[str, Any]:
    # What a journal's writer was refused is told again.
    return {"writer": uuid4().hex} if "writer" in needed else {}


def _outcome(call: Callable[[str], Any], text: str) -> tuple[str, str]:
    """Name and message of the error that a call ends with; empty for none."""
    try:
        answer = call(text)
    except RunstoneError as error:
        return type(error).__name__, error.message
    if isinstance(answer, Applied) and answer.refused:
        return answer.refused[0].error, answer.refused[0].message
    return "", ""


def check_texts(store: Any, verb: str) -> None:
    """See that a verb refuses to keep what cannot be kept, and finds nothing by it."""
    for place, call in list(_calls(store, verb)):
        nul, half = _outcome(call, NUL), _outcome(call, HALF)
        if place in REFUSED:
            assert nul[0] == half[0] == InvalidValue.__name__, (place, nul, half)
            assert "NUL" in nul[1], (place, nul)
        else:
            unknown = _outcome(call, UNKNOWN)
            assert nul[0] == unknown[0], (place, nul, unknown)
            assert half[0] in {InvalidValue.__name__, unknown[0]}, (place, half)


class TrackingTextCases:
    """What the verbs of ``TrackingStore`` do with text that cannot be kept."""

    @pytest.mark.parametrize("verb", verbs_of(TrackingStore))
    def test_text_that_no_run_can_keep_is_refused_and_found_nowhere(self, store: TrackingStore, verb: str) -> None:
        check_texts(store, verb)


class LineageTextCases:
    """What the verbs of ``LineageStore`` do with text that cannot be kept."""

    @pytest.mark.parametrize("verb", verbs_of(LineageStore))
    def test_text_that_no_logged_model_can_keep_is_refused_and_found_nowhere(
        self, store: LineageStore, verb: str
    ) -> None:
        check_texts(store, verb)


class RegistryTextCases:
    """What the verbs of ``RegistryStore`` do with text that cannot be kept."""

    @pytest.mark.parametrize("verb", verbs_of(RegistryStore))
    def test_text_that_no_registry_can_keep_is_refused_and_found_nowhere(self, store: RegistryStore, verb: str) -> None:
        check_texts(store, verb)


class WebhookTextCases:
    """What the verbs of ``WebhookStore`` do with text that cannot be kept."""

    @pytest.mark.parametrize("verb", verbs_of(WebhookStore))
    def test_text_that_no_webhook_can_keep_is_refused_and_found_nowhere(self, store: WebhookStore, verb: str) -> None:
        check_texts(store, verb)


class TrashTextCases:
    """What the verbs of ``TrashStore`` do with text that cannot be kept."""

    @pytest.mark.parametrize("verb", verbs_of(TrashStore))
    def test_text_that_names_nothing_in_the_trash_is_found_nowhere(self, store: TrashStore, verb: str) -> None:
        check_texts(store, verb)
