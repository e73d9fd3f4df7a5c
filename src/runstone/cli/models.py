"""``runstone models``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from runstone.cli.options import as_json, check_exists, tracking_uri
from runstone.cli.output import print_facts, print_json, print_table
from runstone.client import address
from runstone.client.connection import open_stores

_MODEL = click.argument("model", metavar="MODEL")


@click.group()
def models() -> None:
    """Look at models that were saved or logged.

    MODEL is the path of a folder, or a URI: models:/NAME/VERSION, models:/NAME@ALIAS, models:/MODEL_ID,
    runs:/RUN_ID/NAME, or a place such as s3://bucket/path.
    """


@models.command()
@_MODEL
@click.option("--quick", is_flag=True, help="Make no environment: let the model answer with the packages of here.")
@click.option("--trust", is_flag=True, help="Run what it brings, though it is a stranger's.")
@click.option("--public-key", metavar="FILE", help="The key that it has to be signed with, in PEM.")
@as_json
@click.pass_context
def verify(
    ctx: click.Context, /, *, model: str, quick: bool, trust: bool, public_key: str | None, as_json: bool
) -> None:
    """Compare a model with what was recorded when it was saved.

    Its files are compared by their hashes. Then an environment is made of its lock, and there it answers its example;
    fractions may differ from the answers of then by a millionth (32 bits: a ten-thousandth, 16 bits: a hundredth).

    Exit codes: 0 when no check failed, 1 when one did.
    """
    from rich.console import Console  # on use: every command would pay for it

    from runstone.client.fluent.model_files import verify_model

    waits = "Letting it answer" if quick else "Making an environment of its lock, and letting it answer there"
    with _chosen(ctx, model), Console(stderr=True).status(f"{waits} ..."):
        found = verify_model(model, quick=quick, trust=trust, public_key=public_key)
    if as_json:
        print_json({"passed": found.has_passed, "checks": [_plain(check) for check in found.checks]})
    else:
        print_table(
            ("check", "outcome", "what was found"),
            [
                (check.name if not number else "", str(check.outcome) if not number else "", detail)
                for check in found.checks
                for number, detail in enumerate(check.details)
            ],
        )
    ctx.exit(0 if found.has_passed else 1)


@models.command()
@_MODEL
@click.option("--key", required=True, metavar="FILE", help="A private key of an elliptic curve, in PEM.")
@click.option("--ask-password", is_flag=True, help="Ask for the password that the key is encrypted with.")
@click.pass_context
def sign(ctx: click.Context, /, *, model: str, key: str, ask_password: bool) -> None:
    """Sign a model, so that others can tell whose it is.

    The signature is a file model.sig among the model's, which `runstone models verify --public-key` compares.
    """
    from runstone.client.fluent.model_files import sign_model

    password = click.prompt("Password of the key", hide_input=True) if ask_password else None
    with _chosen(ctx, model):
        sign_model(model, key, password=password)
    click.echo(f"Signed {model}; whoever has the public key compares with: runstone models verify --public-key FILE")


@models.command()
@_MODEL
@as_json
@click.pass_context
def info(ctx: click.Context, /, *, model: str, as_json: bool) -> None:
    """Show what a model is; nothing of it is run.

    Its flavors, what it takes and gives, where it comes from.
    """
    from runstone.client.fluent.model_files import get_model_info

    with _chosen(ctx, model):
        found = get_model_info(model)
    signature = found.signature
    if as_json:
        facts = {name: getattr(found, name) for name in found.__struct_fields__ if name != "signature"}
        print_json({**facts, "signature": None if signature is None else signature.to_dict()})
        return
    print_facts(
        [
            ("model", found.model_uri),
            ("name", found.name or None),
            ("id", found.model_id or None),
            ("run", found.run_id),
            ("saved", f"{found.utc_time_created} UTC"),
            ("flavors", ", ".join(found.flavors)),
            ("takes", None if signature is None or signature.inputs is None else str(signature.inputs)),
            ("gives", None if signature is None or signature.outputs is None else str(signature.outputs)),
            ("params", None if signature is None or signature.params is None else str(signature.params)),
            ("example", "yes" if found.saved_input_example_info else "no"),
        ]
    )


def _plain(check: Any) -> dict[str, Any]:
    return {"name": check.name, "outcome": str(check.outcome), "details": check.details}


@contextmanager
def _chosen(ctx: click.Context, model: str) -> Iterator[None]:
    """The store of the command is that of the module's verbs."""
    uri = tracking_uri(ctx)
    if model.startswith(("models:", "runs:")):
        check_exists(uri)
    address.set_tracking_uri(uri)
    try:
        yield
    finally:
        open_stores.close()
