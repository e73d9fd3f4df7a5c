"""The file ``card.md``: what a model is, for people who open its folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from runstone.models import example, requirements
from runstone.models.format import PYFUNC, RUNSTONE, Model
from runstone.models.schema import ColSpec, Schema, TensorSpec

CARD = "card.md"
# Lines of the requirements and columns of the signature that a card lists.
_LISTED = 30


def write(folder: Path, model: Model) -> None:
    """Write the card of a model whose other files are there.

    Args:
        folder: The model's folder.
        model: What its file ``MLmodel`` says.
    """
    (folder / CARD).write_text("\n".join(_lines(folder, model)) + "\n", "utf-8")


def _lines(folder: Path, model: Model) -> Iterator[str]:
    flavors = [name for name in model.flavors if name not in {PYFUNC, RUNSTONE}] or [PYFUNC]
    python = model.flavors[PYFUNC].get("python_version")
    yield "# Model"
    yield ""
    when = f"{model.utc_time_created[:16]} UTC"
    yield f"A model of the flavor {', '.join(flavors)}, saved on {when} with Python {python}."
    if model.signature is not None:
        for title, schema in (("Takes", model.signature.inputs), ("Gives", model.signature.outputs)):
            if schema is not None:
                yield from ("", f"## {title}", "", *_table(schema))
        if model.signature.params is not None:
            yield from ("", "## Params", "", "| name | type | default |", "|---|---|---|")
            yield from (
                f"| {_cell(one.name)} | {_cell(f'{one.dtype!r}' if one.shape is None else f'list of {one.dtype!r}')} "
                f"| {_cell(one.default)} |"
                for one in model.signature.params
            )
    yield from ("", "## How to use it", "", "In Python:", "", "```python", "import runstone", "")
    yield 'model = runstone.pyfunc.load_model(".")  # this folder, or where the model is kept'
    yield from ("model.predict(rows)", "```")
    if model.saved_input_example_info is not None:
        yield from ("", f"Rows to try it with are in `{example.INPUT}`.")
    yield from ("", "`runstone models verify .` tells whether it is still what it was.")
    yield from (
        "",
        "## What it needs",
        "",
        "```text",
        *_listed((folder / requirements.REQUIREMENTS).read_text("utf-8").splitlines()),
    )
    yield from ("```", "", f"`{requirements.LOCK}` has the exact version of every package that was there.")


def _table(schema: Schema) -> Iterator[str]:
    if schema.is_tensor_spec():
        yield from ("| name | type | shape |", "|---|---|---|")
        rows = [
            f"| {_cell(each.name)} | {each.type_name} | {each.shape} |"
            for each in schema
            if isinstance(each, TensorSpec)
        ]
    else:
        yield from ("| name | type | has to be there |", "|---|---|---|")
        rows = [
            f"| {_cell(each.name)} | {_cell(repr(each.type))} | {'yes' if each.required else 'no'} |"
            for each in schema
            if isinstance(each, ColSpec)
        ]
    yield from rows[:_LISTED]
    if len(rows) > _LISTED:
        yield f"| and {len(rows) - _LISTED} more | | |"


def _listed(lines: Sequence[str]) -> list[str]:
    return [*lines[:_LISTED], *([f"# and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else [])]


def _cell(value: object) -> str:
    """A value within a table; a name cannot end the row."""
    return "" if value is None else " ".join(str(value).replace("|", "\\|").split())
