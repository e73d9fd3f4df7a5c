"""Bringing experiments. One that was in the trash of its source is in use until all of it is there."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property

from runstone.bridge.brought import Brought
from runstone.bridge.marks import INTO_TRASH, TO_BE_TRASHED, TRASH, UNFINISHED, is_mark
from runstone.entities import Experiment, LifecycleStage, Tag, ViewType
from runstone.entities.page import all_pages
from runstone.errors import InvalidState, NotFound, RunNotFound
from runstone.stores.base import TrackingStore

_EXPERIMENTS = 1000


class Experiments:
    """The experiments of one import.

    Give active ones before those in the trash, so that each finds its own name free.

    Args:
        store: Where they go.
        brought: Is told what happens.
        source_name: What the source is called.
    """

    def __init__(self, store: TrackingStore, brought: Brought, source_name: str) -> None:
        self._store = store
        self._brought = brought
        self._source_name = source_name
        self._to_be_trashed: dict[str, None] = {}

    def bring(self, experiment: Experiment) -> str:
        """The experiment in the store, in use; made if there is none."""
        own_tags = [tag for tag in experiment.tag_list if not is_mark(tag.key)]
        if experiment.lifecycle_stage is LifecycleStage.DELETED:
            found, made = self._deleted(experiment, own_tags)
        else:
            found, made = self._active(experiment, own_tags)
        if found is not None:
            self._finish_a_run(found)
            for tag in own_tags:
                if tag.key not in found.tags:
                    self._store.set_experiment_tag(found.experiment_id, tag)
        return made

    def trash(self) -> None:
        """Put those in the trash that were in the trash of their source."""
        for experiment_id in self._to_be_trashed:
            with suppress(NotFound):  # somebody else was quicker
                self._store.delete_experiment(experiment_id)
            self._unnote(experiment_id)

    def _active(self, experiment: Experiment, tags: list[Tag]) -> tuple[Experiment | None, str]:
        found = self._store.get_experiment_by_name(experiment.name)
        if found is not None and _is_active(found):
            if not self._is_half_done(found):
                return found, found.experiment_id
            # Another one of this name that is on its way into the trash.
            self._store.rename_experiment(found.experiment_id, self._free_name(found.name))
        return None, self._create(experiment, experiment.name, tags)

    def _deleted(self, experiment: Experiment, tags: list[Tag]) -> tuple[Experiment | None, str]:
        name = experiment.name
        while (found := self._store.get_experiment_by_name(name)) is not None and self._is_anothers(found):
            name = _as_deleted(name)
        if found is None:
            made = self._create(experiment, name, [*tags, Tag(TRASH, self._source_name), Tag(UNFINISHED)])
            self._note(made)
            self._store.delete_experiment_tag(made, UNFINISHED)
            return None, made
        if not _is_active(found):
            self._note(found.experiment_id)
            self._store.restore_experiment(found.experiment_id)
        elif self._is_half_done(found):
            self._note(found.experiment_id)
            if UNFINISHED in found.tags:
                self._store.delete_experiment_tag(found.experiment_id, UNFINISHED)
        return found, found.experiment_id

    def _create(self, experiment: Experiment, name: str, tags: list[Tag]) -> str:
        made = self._store.create_experiment(name, tags=tags, created_at=experiment.creation_time)
        self._brought.experiments += 1
        return made

    def _finish_a_run(self, found: Experiment) -> None:
        """Put the run in the trash at which a former import was stopped, right before it did so."""
        if (left := found.tags.get(INTO_TRASH)) is None:
            return
        with suppress(RunNotFound):
            if UNFINISHED not in self._store.get_run(left).data.tags:
                self._store.delete_run(left)
        self._store.delete_experiment_tag(found.experiment_id, INTO_TRASH)

    def _is_anothers(self, found: Experiment) -> bool:
        """Whether an experiment in use never was in the trash of a source."""
        return _is_active(found) and TRASH not in found.tags and not self._is_half_done(found)

    def _is_half_done(self, found: Experiment) -> bool:
        """Whether an experiment in use is on its way into the trash; somebody may have taken it out again."""
        return (
            UNFINISHED in found.tags or found.experiment_id in self._noted or found.experiment_id in self._to_be_trashed
        )

    def _free_name(self, name: str) -> str:
        while (found := self._store.get_experiment_by_name(name)) is not None and _is_active(found):
            name = _as_deleted(name)
        return name

    # What is to be in the trash is noted on another experiment: no tag can be set in the trash, so one on itself would
    # have to go before, and an import that ends in between could not be told from a user who has restored it.

    def _note(self, experiment_id: str) -> None:
        self._to_be_trashed[experiment_id] = None
        if self._board is not None and experiment_id not in self._noted:
            self._store.set_experiment_tag(self._board, Tag(TO_BE_TRASHED + experiment_id, self._source_name))
            self._noted[experiment_id] = self._board

    def _unnote(self, experiment_id: str) -> None:
        board = self._noted.pop(experiment_id, None)
        if board is not None:
            with suppress(InvalidState, NotFound):  # somebody has put that one in the trash, or removed the tag
                self._store.delete_experiment_tag(board, TO_BE_TRASHED + experiment_id)

    @cached_property
    def _noted(self) -> dict[str, str]:
        """Experiments that are to be in the trash, each with the one on which that is noted."""
        return {
            tag.key.removeprefix(TO_BE_TRASHED): each.experiment_id
            for each in self._in_use()
            for tag in each.tag_list
            if tag.key.startswith(TO_BE_TRASHED)
        }

    @cached_property
    def _board(self) -> str | None:
        """The oldest experiment that stays in use; ``None`` where there is none."""
        staying = (each.experiment_id for each in self._in_use() if not self._is_half_done(each))
        return min(staying, key=int, default=None)

    def _in_use(self) -> Iterator[Experiment]:
        search = self._store.search_experiments
        return all_pages(
            lambda size, token: search(view_type=ViewType.ACTIVE_ONLY, max_results=size, page_token=token),
            at_once=_EXPERIMENTS,
        )


def _is_active(experiment: Experiment) -> bool:
    return experiment.lifecycle_stage is LifecycleStage.ACTIVE


def _as_deleted(name: str) -> str:
    return f"{name} (deleted)"
