"""``runstone demo``."""

from pathlib import Path

import click

from runstone.cli.extras import DEMO, MODELS, SERVER, SKLEARN, check_extra
from runstone.cli.stopping import ending_on_signals
from runstone.errors import BackendError


@click.command()
@click.option(
    "--data-dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runstone-demo"),
    show_default=True,
    help="Folder for the database and the artifacts; made if need be.",
)
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--exit", "ends", is_flag=True, help="Check what was stored, and end.")
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
def demo(*, folder: Path, port: int, ends: bool, opens: bool) -> None:
    """Train real models on real data, and show them until Ctrl-C.

    Networks read handwritten digits, boosted trees and others look for breast cancer, linear models and trees predict
    diabetes; the data sets come with scikit-learn, nothing is fetched. A server of its own keeps the runs in
    DATA-DIR/runstone.db and their files in DATA-DIR/artifacts. Run it again in the same folder, and further runs are
    added to the same experiments.

    With --exit all that was logged is asked back from the server and compared; the exit code is 1 if anything differs.
    """
    check_extra("demo", "server,models,sklearn,demo", (*SERVER, *MODELS, *DEMO, *SKLEARN))
    from runstone.demo.serving import serving

    with ending_on_signals(), serving(folder, port=port) as server:
        click.echo(f"Runstone is at {server.address}")
        if opens:
            click.launch(server.address)
        _train(server.address, verifies=ends)
        if ends:
            return
        try:
            click.echo(f"\nAll of it is in the folder {folder}. Ctrl-C stops the server; to see it again:")
            click.echo(f"  runstone ui --backend-store-uri sqlite:///{folder.as_posix()}/runstone.db")
            server.wait()
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)


def _train(address: str, *, verifies: bool) -> None:
    # Loaded here and not above: the address is told first, for these libraries take their time.
    from runstone.client.client import Client
    from runstone.demo.recording import Recorder
    from runstone.demo.tour import sentences
    from runstone.demo.training import train_all
    from runstone.demo.verification import differences

    client = Client(address)
    with Recorder(client, tell=lambda sentence: click.echo(f"  {sentence}")) as recorder:
        trained = train_all(recorder)
    if verifies:
        problems = list(differences(client, trained.runs))
        for problem in problems:
            click.echo(problem, err=True)
        if problems:
            raise BackendError(f"what was stored differs from what was logged in {len(problems)} places, named above")
        points = sum(len(history) for run in trained.runs for history in run.metrics.values())
        files = sum(len(run.files) for run in trained.runs)
        click.echo(
            f"Verified through the server: {len(trained.experiments)} experiments, {len(trained.runs)} runs, "
            f"{points} metric values, {files} artifacts by their SHA-256."
        )
    click.echo("\nWhat to look at:")
    for sentence in sentences(address, trained):
        click.echo(f"  {sentence}")
