"""The verbs of ``Client`` about runs."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import time
from typing import Any

from runstone import config
from runstone.client import arguments
from runstone.client.connection import Connection, open_journals
from runstone.client.endings import End
from runstone.entities import Metric, Page, Run, RunStatus, RunTable, Series, Tag, ViewType
from runstone.entities.run_table import one_table
from runstone.entities.tag import END, PARENT_RUN_ID, TRACEBACK, USER
from runstone.errors import BackendUnavailable, JournalFull
from runstone.journal.run_journal import RunJournal
from runstone.journal.settling import settle
from runstone.stores.base import MAX_TABLE

_ID = "the id of a run"

_logger = logging.getLogger("runstone")


def now_ms() -> int:
    """Milliseconds since the Unix epoch, UTC."""
    return int(time() * 1000)


class RunVerbs(Connection):
    """Create, find, change and delete runs."""

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """Make a run; it does not become the active one.

        Args:
            experiment_id: An experiment in use.
            start_time: Milliseconds since the Unix epoch, UTC; now if ``None``.
            tags: Tags to set on it.
            run_name: A name for people; chosen by the store if ``None``.

        Raises:
            ExperimentNotFound: There is no such experiment.
            ExperimentDeleted: It is in the trash.
            InvalidValue: A tag or the name breaks a rule, or the name differs from the tag ``mlflow.runName``.
        """
        checked = [Tag(key, value) for key, value in arguments.mapping("tags", tags or {}).items()]
        store = self._store
        run = store.create_run(
            arguments.identifier("the id of an experiment", experiment_id),
            user_id=next((tag.value for tag in checked if tag.key == USER), ""),
            start_time=now_ms() if start_time is None else arguments.integer("start_time", start_time),
            run_name=arguments.text("run_name", run_name or ""),
            tags=checked,
        )
        if config.JOURNAL_FSYNC.required() == "always":
            settle(store)  # else its journal could outlive it
        open_journals.know(self._tracking_uri, run.info.run_id)
        return run

    def get_run(self, run_id: str) -> Run:
        """The run with this id, in use or in the trash, with its latest metrics, its params and its tags.

        Raises:
            RunNotFound: There is none.
        """
        return self._store.get_run(arguments.identifier(_ID, run_id))

    def get_parent_run(self, run_id: str) -> Run | None:
        """The run that a nested run belongs to; ``None`` for a run that is not nested.

        Raises:
            RunNotFound: There is no such run, or its parent is gone.
        """
        parent = self.get_run(run_id).data.tags.get(PARENT_RUN_ID)
        return None if parent is None else self.get_run(parent)

    def get_metric_history(self, run_id: str, key: str) -> Page[Metric]:
        """Every value of a metric, by time, then step, then value.

        Raises:
            RunNotFound: There is no such run.
        """
        return self._store.metric_history(arguments.identifier(_ID, run_id), arguments.text("a metric's name", key))

    def get_metric_series(
        self,
        run_ids: Sequence[str],
        keys: Sequence[str],
        *,
        start_step: int | None = None,
        end_step: int | None = None,
        max_points: int | None = None,
    ) -> list[Series]:
        """Values of some metrics of several runs by columns, in one request where ``max_points`` is given.

        Args:
            run_ids: Runs; unknown ones have no series.
            keys: Names of metrics; a run has no series of one that it never logged.
            start_step: First step, included.
            end_step: Last step, included.
            max_points: Upper bound of the values of each series, >= 4. Where there are more, the first, the last and
                the lowest and highest of each stretch of steps are kept. All if ``None``.

        Returns:
            By run, then metric, in the order given; the values of each by step, then time.

        Raises:
            InvalidValue: ``max_points`` is below 4, or an argument is of a wrong type.
        """
        return self._store.metric_series(
            arguments.identifiers(_ID, run_ids),
            arguments.texts("keys", keys),
            start_step=None if start_step is None else arguments.integer("start_step", start_step),
            end_step=None if end_step is None else arguments.integer("end_step", end_step),
            points=None if max_points is None else arguments.integer("max_points", max_points),
        )

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int | ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> Page[Run]:
        """One page of the runs that match, the latest start first unless ordered.

        Args:
            experiment_ids: Experiments whose runs are looked at.
            filter_string: For example ``"metrics.acc > 0.9 AND params.lr = '0.01'"``.
            run_view_type: Those in use, those in the trash, or all.
            max_results: Largest length of the page, 1 to 50,000.
            order_by: For example ``["metrics.acc DESC"]``; runs without the value come last.
            page_token: ``token`` of the former page.

        Raises:
            InvalidFilter: The filter or the order cannot be read.
            InvalidPageToken: The token is not of this search.
            InvalidValue: An argument is of a wrong type or out of range.
        """
        return self._store.search_runs(
            arguments.identifiers("the id of an experiment", experiment_ids),
            filter_string=arguments.text("filter_string", filter_string or ""),
            view_type=arguments.view_type(run_view_type),
            max_results=arguments.integer("max_results", max_results),
            order_by=arguments.texts("order_by", order_by),
            page_token=arguments.text("page_token", page_token or ""),
        )

    def _search_run_table(
        self,
        experiment_ids: Sequence[str],
        *,
        filter_string: str,
        run_view_type: int | ViewType,
        max_results: int,
        order_by: Sequence[str] | None,
    ) -> RunTable:
        """All of the runs that match, up to ``max_results``, by columns."""
        tables: list[RunTable] = []
        wanted = max_results
        while wanted and (not tables or tables[-1].next_page_token):
            table = self._store.search_run_table(
                experiment_ids,
                filter_string=arguments.text("filter_string", filter_string or ""),
                view_type=arguments.view_type(run_view_type),
                max_results=min(wanted, MAX_TABLE),
                order_by=arguments.texts("order_by", order_by),
                page_token=tables[-1].next_page_token if tables else "",
            )
            tables.append(table)
            wanted -= len(table.run_ids)
        return one_table(tables)

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change the state or the name of a run; ``None`` leaves a field as it is.

        Raises:
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
            InvalidValue: There is no such state, or the name breaks a rule.
        """
        self._store.update_run(
            arguments.identifier(_ID, run_id),
            status=None if status is None else arguments.run_status(status),
            run_name=None if name is None else arguments.text("the name of a run", name),
        )

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        """Say that a run has ended.

        Args:
            run_id: The run.
            status: ``FINISHED``, ``FAILED`` or ``KILLED``; ``FINISHED`` if ``None``.
            end_time: Milliseconds since the Unix epoch, UTC; now if ``None``.

        Raises:
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
            InvalidValue: There is no such state.
        """
        run_id = arguments.identifier(_ID, run_id)
        state = RunStatus.FINISHED if status is None else arguments.run_status(status)
        moment = now_ms() if end_time is None else arguments.integer("end_time", end_time)
        self._end(run_id, End(state), moment)

    def _note_begin(self, run_id: str) -> RunJournal:
        """Let the store know from now on that a run is alive here; returns its journal."""
        journal = self._journal(run_id)
        journal.lives = True
        if journal.facts.is_new:
            with suppress(JournalFull):  # what is logged waits for the store then, where there is one
                journal.begin()
        else:
            open_journals.know(self._tracking_uri, run_id)
        return journal

    def _send_what_is_left(self, run_id: str) -> None:
        """Send what processes that are gone have left of a run here, so that they have said it before it goes on."""
        open_journals.recover(self._tracking_uri, run_id)

    def _note_resumed(self, run_id: str) -> None:
        """Forget why a run had ended."""
        journal = self._journal(run_id)
        for key in (END, TRACEBACK):
            journal.log(deleted_tag=key)

    def _note_end(self, run_id: str, end: End, end_time: int | None = None) -> RunJournal:
        """Write down that a run ends, and why; it is sent later."""
        journal = self._journal(run_id)
        journal.lives = False
        said = {END: end.reason, TRACEBACK: end.traceback}
        for key in (key for key, text in said.items() if not text):
            journal.log(deleted_tag=key)  # what another process of the run has said, which ended before
        tags = [Tag(key, text) for key, text in said.items() if text]
        journal.log(tags=tags, status=end.status, end_time=now_ms() if end_time is None else end_time)
        return journal

    def _end_run(self, run_id: str, end: End) -> None:
        """End a run, and say why.

        Raises:
            RunstoneError: What the store has refused of the run.
        """
        self._end(run_id, end, now_ms())

    def _end(self, run_id: str, end: End, moment: int) -> None:
        journal = self._note_end(run_id, end, moment)
        try:
            journal.flush()
        except BackendUnavailable as error:
            open_journals.at(self._tracking_uri).tell_ended(journal, error)
        open_journals.forget(self._tracking_uri, run_id)

    def delete_run(self, run_id: str) -> None:
        """Move a run to the trash.

        Raises:
            RunNotFound: There is no such run.
        """
        run_id = arguments.identifier(_ID, run_id)
        self._store.delete_run(run_id)
        open_journals.forget(self._tracking_uri, run_id)

    def restore_run(self, run_id: str) -> None:
        """Take a run out of the trash.

        Raises:
            RunNotFound: There is no such run.
        """
        self._store.restore_run(arguments.identifier(_ID, run_id))
