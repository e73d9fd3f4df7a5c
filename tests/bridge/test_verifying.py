"""What an import does where the store has something else afterwards than it was given."""

import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from runstone.artifacts.base import ArtifactRepository, Pieces
from runstone.artifacts.local import LocalRepository
from runstone.artifacts.resolve import repository
from runstone.bridge.importing import bring, measured
from runstone.bridge.marks import LACKS_FILES, UNFINISHED
from runstone.bridge.mlflow_folder import MlflowFolder
from runstone.bridge.store_source import StoreSource
from runstone.bridge.verifying import differences
from runstone.entities import ArtifactPath, Metric, Param, Tag
from runstone.errors import BackendUnavailable
from runstone.stores.sql.store import SqlStore
from tests.bridge.test_mlflow_folder import EXPERIMENT, META, RUN, put


class Lossy(SqlStore):
    """A store that acknowledges what it does not keep."""

    loses = True

    def log_batch(
        self, run_id: str, *, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[Tag] = ()
    ) -> None:
        kept = [metric for metric in metrics if metric.step != 1 or not self.loses]
        super().log_batch(run_id, metrics=kept, params=() if self.loses else params, tags=tags)


@pytest.fixture
def source(tmp_path: Path) -> MlflowFolder:
    root = tmp_path / "mlruns"
    put(root / "0" / "meta.yaml", EXPERIMENT)
    put(root / "0" / RUN / "meta.yaml", META.format(run=RUN))
    put(root / "0" / RUN / "metrics" / "loss", "10 0.5 0\n11 nan 1\n12 -0.0 2\n12 -0.0 2\n")
    put(root / "0" / RUN / "params" / "depth", "3")
    return MlflowFolder(root)


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runstone.db"


@pytest.fixture
def store(uri: str) -> Iterator[Lossy]:
    with closing(Lossy(uri)) as opened:
        yield opened


def test_run_that_lacks_something_is_told_and_stays_unfinished(source: MlflowFolder, uri: str, store: Lossy) -> None:
    brought = bring(source, store, tracking_uri=uri)

    [problem] = [each for each in brought.problems if "not what was brought" in each]
    told, _, differing = problem.partition(": ")
    assert told == f"the run {RUN} is not what was brought, import again"
    assert differing == "the param 'depth' differs; of the metric 'loss' 2 of 3 values are there"
    assert UNFINISHED in store.get_run(RUN).data.tags


def test_next_import_makes_it_whole(source: MlflowFolder, uri: str, store: Lossy) -> None:
    bring(source, store, tracking_uri=uri)

    store.loses = False
    brought = bring(source, store, tracking_uri=uri)

    assert (brought.runs, brought.problems) == (1, [])
    assert UNFINISHED not in store.get_run(RUN).data.tags


def test_metric_that_the_source_has_not_is_told(source: MlflowFolder, uri: str, store: Lossy) -> None:
    store.loses = False
    bring(source, store, tracking_uri=uri)
    store.log_batch(RUN, metrics=[Metric("more", 1.0, 1, 0), Metric("loss", 0.0, 12, 2)])
    [run] = source.runs("0")

    assert list(differences(source, run, StoreSource(uri, store))) == [
        "of the metric 'loss' 3 of 3 values are there, and 1 others",
        "the metric 'more' is there alone",
    ]


class Silent(LocalRepository):
    """A folder on a server that gives some file to nobody, as MLflow 2 does where its name is beyond Latin-1."""

    def read(self, path: ArtifactPath, *, start: int = 0, stop: int | None = None) -> Pieces:
        if path == "größe 記録.txt":
            raise BackendUnavailable("the server does not answer")
        return super().read(path, start=start, stop=stop)


class SilentFolder(MlflowFolder):
    """A source with such a folder."""

    def files(self, uri: str) -> ArtifactRepository:
        return Silent(self._files.place(uri) or uri)


def test_file_that_cannot_be_opened_is_told_and_comes_with_the_next_import(
    source: MlflowFolder, uri: str, store: Lossy
) -> None:
    store.loses = False
    for name in ("a.txt", "größe 記録.txt", "z.txt"):
        put(Path(source.name) / "0" / RUN / "artifacts" / name, name)

    silent = bring(SilentFolder(source.name), store, tracking_uri=uri)
    marked = LACKS_FILES in store.get_run(RUN).data.tags
    later = bring(source, store, tracking_uri=uri)

    [problem] = silent.problems
    assert problem == f"the file 'größe 記録.txt' of the run {RUN} was left out: the server does not answer"
    assert (silent.files, marked, later.problems) == (2, True, [])
    assert len(repository(store.get_run(RUN).info.artifact_uri).list()) == 3


def test_file_whose_name_no_artifact_has_is_told(source: MlflowFolder, uri: str, store: Lossy, tmp_path: Path) -> None:
    store.loses = False
    for name in ("a:b.txt", "deep/50%ab.txt", "good.txt", f".runstone-{RUN}.part"):
        put(Path(source.name) / "0" / RUN / "artifacts" / name, name)
    (Path(source.name) / "0" / RUN / "artifacts" / "elsewhere").symlink_to(tmp_path)

    would = measured(source)
    brought = bring(source, store, tracking_uri=uri)

    reasons = ["'a:b.txt' holds a colon", "'elsewhere' leads out of its folder", "'deep/50%ab.txt' holds a percent"]
    assert (would.files, brought.files) == (1, 1)
    for told in (would, brought):
        assert len(told.problems) == len(reasons)
        assert all(reason in problem for reason, problem in zip(reasons, told.problems, strict=True))
    assert LACKS_FILES in store.get_run(RUN).data.tags


def test_values_in_another_order_and_twice_are_the_same(tmp_path: Path, uri: str, store: Lossy) -> None:
    store.loses = False
    root = tmp_path / "mlruns"
    put(root / "0" / "meta.yaml", EXPERIMENT)
    put(root / "0" / RUN / "meta.yaml", META.format(run=RUN))
    put(root / "0" / RUN / "metrics" / "loss", "12 0.5 2\n11 nan 1\n12 0.5 2\n10 -0.0 0\n10 0.0 0\n")
    put(root / "0" / RUN / "metrics" / "ordered", "10 0.5 0\n11 0.25 1\n11 0.25 1\n")

    assert bring(MlflowFolder(root), store, tracking_uri=uri).problems == []


def test_comparing_long_metrics_takes_little_memory(uri: str, store: Lossy) -> None:
    store.loses = False
    run = store.create_run("0")
    for first in range(0, 150_000, 10_000):
        store.log_batch(
            run.info.run_id, metrics=[Metric("a", 0.5, step, step) for step in range(first, first + 10_000)]
        )
    held = StoreSource(uri, store)
    assert list(differences(held, run, held)) == []

    tracemalloc.start()
    found = list(differences(held, held.run(run.info.run_id), held))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == []
    assert most < 26 << 20  # sets of all would be 40 MB
