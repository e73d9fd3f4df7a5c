"""``runstone config``."""

import click

from runstone.cli.options import as_json
from runstone.cli.output import print_json, print_table
from runstone.config import SETTINGS
from runstone.entities.names import without_password
from runstone.errors import InvalidValue

_HIDDEN = "(hidden)"


@click.command()
@as_json
def config(*, as_json: bool) -> None:
    """Show every setting: what holds and where that comes from.

    Settings are environment variables; the second name is MLflow's. Secrets are not shown.
    """
    rows = []
    for setting in SETTINGS:
        try:
            value, problem = setting.get(), ""
        except InvalidValue as error:
            value, problem = None, error.message
        if setting.secret and (value is not None or problem):
            value, problem = _HIDDEN, ""
        elif isinstance(value, str):
            value = without_password(value)
        rows.append(
            {
                "name": setting.name,
                "value": value,
                "source": setting.source(),
                "mlflow_name": setting.mlflow or None,
                "about": setting.about,
                "problem": problem or None,
            }
        )
    if as_json:
        print_json(rows)
        return
    print_table(
        ("setting", "value", "from", "meaning"),
        [
            (
                row["name"],
                str(row["problem"] or ("" if row["value"] is None else row["value"])),
                row["source"],
                row["about"],
            )
            for row in rows
        ],
    )
