"""Logged models without a store: made here, kept beside the journal of their run, and read back from there."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import time
from uuid import uuid4

from msgspec.structs import replace

from runstone.entities import (
    LoggedModel,
    LoggedModelData,
    LoggedModelInfo,
    LoggedModelMetric,
    LoggedModelStatus,
    Param,
    Tag,
)
from runstone.entities.logged_model import MAX_MODEL_TYPE, check_logged_model_id, check_logged_model_name, status_word
from runstone.entities.names import check_length, check_time, shown
from runstone.errors import InvalidValue, LoggedModelExists, NotFound, RunNotFound, Unsupported
from runstone.journal import folder as folders
from runstone.journal import models, reader
from runstone.journal.folder import RunFacts
from runstone.journal.models import ModelFacts


class OfflineModels:
    """The verbs of logged models that need no store; does what ``LineageStore`` says."""

    _within: Path
    _uri: str
    _begin: Callable[[RunFacts], None]
    _name_of: Callable[[str], str]

    def create_logged_model(
        self,
        experiment_id: str,
        *,
        name: str = "",
        model_type: str = "",
        source_run_id: str = "",
        params: Sequence[Param] = (),
        tags: Sequence[Tag] = (),
        model_id: str | None = None,
        created_at: int | None = None,
    ) -> LoggedModel:
        """Make a logged model, of a run of this folder if one is named; it is pending.

        Raises:
            InvalidValue: The name, the type, the id or the time breaks a rule.
            LoggedModelExists: The id is that of a model of this folder.
            RunNotFound: The folder has no such run.
            Unsupported: The run is one of another experiment.
            JournalFull: The folder cannot be written.
        """
        check_logged_model_name(name)
        check_length("the type of a logged model", model_type, MAX_MODEL_TYPE)
        model_id, moment = model_id or f"m-{uuid4().hex}", int(time() * 1000) if created_at is None else created_at
        check_logged_model_id(model_id)
        check_time("the time at which a logged model was made", moment)
        run = self._run_of_model(experiment_id, source_run_id, model_id)
        if (run / folders.MODELS / model_id).exists():
            raise LoggedModelExists(model_id, "is kept in this folder")
        made = ModelFacts(
            model_id=model_id,
            is_new=True,
            name=name or f"offline-{model_id[2:10]}",
            model_type=model_type,
            created_at=moment,
            params=_with_params(model_id, [], params),
            tags=_with_tags([], tags),
        )
        models.make(run, made)
        return self.get_logged_model(model_id)

    def _id_and_name(self, experiment_id: str) -> tuple[str, str]:
        """The id and the name of an experiment, as far as they are known."""
        number, name = folders.id_and_name(experiment_id)
        return number, name or self._name_of(number)

    def _run_of_model(self, experiment_id: str, run_id: str, model_id: str) -> Path:
        """The folder of the run that a model belongs to; one of its own if it belongs to none."""
        if not run_id:
            run = folders.run_folder(self._within, model_id.removeprefix("m-"))
            uri = folders.seen_from(self._within, self._uri)
            number, name = self._id_and_name(experiment_id)
            if not (run / folders.FACTS).exists():
                self._begin(
                    RunFacts(
                        run_id=run.name, tracking_uri=uri, is_run=False, experiment_id=number, experiment_name=name
                    )
                )
            return run
        run = folders.run_folder(self._within, run_id)
        if not (run / folders.FACTS).exists():
            raise RunNotFound(run_id)
        facts = folders.facts_of(run)
        kept = folders.experiment_of(facts)
        if facts.is_new and experiment_id != kept:
            raise Unsupported(
                f"a logged model that is made offline belongs to the experiment of its run, {shown(kept)}; "
                f"got {shown(experiment_id)}"
            )
        return run

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """A logged model of this folder, with its params and tags, and the metrics that were logged of it here.

        Raises:
            LoggedModelNotFound: The folder has no such model.
        """
        folder = models.find(self._within, model_id)
        facts, run = models.facts_of(folder), folders.facts_of(folder.parents[1])
        info = LoggedModelInfo(
            model_id=model_id,
            experiment_id=folders.experiment_of(run),
            name=facts.name,
            creation_timestamp_ms=facts.created_at,
            last_updated_timestamp_ms=round((folder / models.FACTS).stat().st_mtime * 1000),
            artifact_uri=str(folder / folders.ARTIFACTS),
            status_word=status_word(facts.status or LoggedModelStatus.PENDING),
            model_type=facts.model_type,
            source_run_id=run.run_id if run.is_run else "",
            tag_list=facts.tags,
        )
        return LoggedModel(info, LoggedModelData(facts.params, self._metrics(model_id)))

    def place_of_model(self, model_id: str) -> Path:
        """The folder in which the files of a logged model are kept.

        Raises:
            LoggedModelNotFound: The folder of journals has no such model.
        """
        return models.find(self._within, model_id) / folders.ARTIFACTS

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Say how far a logged model has come."""
        models.change(models.find(self._within, model_id), partial(replace, status=status))
        return self.get_logged_model(model_id)

    def set_logged_model_tags(self, model_id: str, tags: Sequence[Tag]) -> None:
        """Set tags; each replaces its former value."""
        models.change(
            models.find(self._within, model_id), lambda facts: replace(facts, tags=_with_tags(facts.tags, tags))
        )

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove one tag. A tag that is not there raises ``NotFound``."""

        def without(facts: ModelFacts) -> ModelFacts:
            left = [tag for tag in facts.tags if tag.key != key]
            if len(left) == len(facts.tags):
                raise NotFound(f"the logged model {model_id!r} has no tag {shown(key)} here")
            return replace(facts, tags=left)

        models.change(models.find(self._within, model_id), without)

    def log_model_params(self, model_id: str, params: Sequence[Param]) -> None:
        """Write params once.

        Raises:
            InvalidValue: One holds another value already, or comes twice with two values.
        """
        models.change(
            models.find(self._within, model_id),
            lambda facts: replace(facts, params=_with_params(model_id, facts.params, params)),
        )

    def _metrics(self, model_id: str) -> list[LoggedModelMetric]:
        found = []
        for path in sorted(self._within.glob("runs/*/journal*.jsonl")):
            if model_id.encode() not in path.read_bytes():
                continue
            found += [
                LoggedModelMetric(
                    metric.key,
                    metric.value,
                    metric.timestamp,
                    metric.step,
                    metric.dataset_name,
                    metric.dataset_digest,
                    model_id,
                    path.parent.name,
                )
                for entry in reader.entries_of(path)
                for metric in entry.metrics
                if metric.model_id == model_id
            ]
        return found


def _with_params(model_id: str, known: Sequence[Param], given: Sequence[Param]) -> list[Param]:
    kept = {param.key: param.value for param in known}
    for param in given:
        if kept.setdefault(param.key, param.value) != param.value:
            raise InvalidValue(
                f"the param {shown(param.key)} of the logged model {model_id!r} is {shown(kept[param.key])} and cannot "
                f"become {shown(param.value)}: params are written once"
            )
    return [Param(key, kept[key]) for key in sorted(kept)]


def _with_tags(known: Sequence[Tag], given: Sequence[Tag]) -> list[Tag]:
    kept = {tag.key: tag.value for tag in (*known, *given)}
    return [Tag(key, kept[key]) for key in sorted(kept)]
