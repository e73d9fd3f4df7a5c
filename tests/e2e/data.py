"""What stands in the store that the pages show: made by the client, as a training script would."""

import math
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from runstone import Client
from runstone.entities import Metric, Param, Tag
from runstone.stores.sql.store import SqlStore

RUNS = 12
STEPS = 60
LONG_LOG_LINES = 40_000
NOTE = "## Second try\n\nA **smaller** rate, see `train.log`.\n"


@dataclass(frozen=True)
class Stored:
    """Ids of what was made.

    Attributes:
        experiment_id: The experiment "digits", twelve runs with curves.
        run_ids: Its runs, in the order in which they were made.
        sweeps_id: The experiment "sweeps", nested runs.
    """

    experiment_id: str
    run_ids: tuple[str, ...]
    sweeps_id: str

    @property
    def run_id(self) -> str:
        """The run that has a note and files."""
        return self.run_ids[0]


def curve(run: int, step: int) -> float:
    """A loss that falls, at another pace in each run, with a ripple that smoothing takes away."""
    return math.exp(-step / (8 + 4 * run)) + 0.04 * math.sin(step * 2.4) + 0.05


def store_runs(address: str, folder: Path) -> Stored:
    """Log two experiments to the server at ``address``; ``folder`` is for files on the way."""
    client = Client(address)
    experiment = client.create_experiment("digits")
    run_ids = tuple(_digits_run(client, experiment, number) for number in range(RUNS))
    _files(client, run_ids[0], folder)
    client.set_tag(run_ids[0], "mlflow.note.content", NOTE)
    client.set_terminated(run_ids[1], "FAILED")
    return Stored(experiment, run_ids, _sweeps(client))


def _digits_run(client: Client, experiment: str, number: int) -> str:
    run_id = client.create_run(experiment, run_name=f"mlp-{number:02d}").info.run_id
    client.log_batch(
        run_id,
        metrics=[
            Metric(key, value, 1_700_000_000_000 + 500 * step + 40 * number, step)
            for step in range(STEPS)
            for key, value in (
                ("train/loss", curve(number, step)),
                ("val/loss", curve(number, step) + 0.1),
                ("val/accuracy", 1 - curve(number, step) / 2),
            )
        ]
        + [Metric("f1", 0.9 + number / 1000, 1_700_000_040_000, 0)],
        params=[Param("lr", str(10 ** -(1 + number % 3))), Param("hidden", str(32 * (1 + number))), Param("seed", "7")],
        tags=[Tag("team", "vision" if number % 2 else "tabular")],
    )
    client.set_terminated(run_id)
    return run_id


def _files(client: Client, run_id: str, folder: Path) -> None:
    client.log_text(run_id, "\n".join(f"epoch {n}: fine" for n in range(LONG_LOG_LINES)), "logs/train.log")
    client.log_dict(run_id, {"layers": [64, 32], "best": {"epoch": 41}}, "report.json")
    client.log_text(run_id, 'epoch,loss,comment\n0,0.9,"a, b"\n1,0.5,\n', "tables/loss.csv")
    client.log_text(run_id, "<script>document.title = 'taken over'</script>", "page.html")
    picture = folder / "dots.png"
    Image.radial_gradient("L").resize((320, 200)).save(picture)
    client.log_artifact(run_id, str(picture), "plots")
    binary = folder / "model.bin"
    binary.write_bytes(bytes(range(256)) * 4)
    client.log_artifact(run_id, str(binary))


def _sweeps(client: Client) -> str:
    experiment = client.create_experiment("sweeps")
    for parent in range(2):
        above = client.create_run(experiment, run_name=f"sweep-{parent}").info.run_id
        for child in range(3):
            run_id = client.create_run(
                experiment, run_name=f"trial-{parent}-{child}", tags={"mlflow.parentRunId": above}
            ).info.run_id
            client.log_metric(run_id, "rmse", float("nan") if child == 2 else parent + child / 10)
            client.set_terminated(run_id)
        client.set_terminated(above)
    return experiment


def store_many(uri: str, runs: int) -> str:
    """Log one experiment with many small runs straight into a database, in one transaction; returns its id."""
    with closing(SqlStore(uri)) as store:

        def log() -> str:
            experiment = store.create_experiment("many")
            for number in range(runs):
                run_id = store.create_run(experiment, run_name=f"run-{number:05d}").info.run_id
                score = Metric("score", (number * 7919) % runs / runs, 1_700_000_000_000, 0)
                store.log_batch(run_id, metrics=[score], params=[Param("number", str(number))])
            return experiment

        return store.submit(log).result()
