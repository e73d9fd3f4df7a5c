"""Reference pages that are made from the code: settings, errors, REST, command line."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click
import msgspec

from runstone import errors
from runstone.cli.main import main as command_line
from runstone.config import SETTINGS
from runstone.evaluation.document import STRUCTS, Evaluation
from runstone.schemas import openapi
from runstone.schemas.endpoint import Endpoint
from runstone.server.errors import status_of

_GENERATED = "<!-- Made by `make generated` from {source}; change that, not this page. -->\n\n"
Schema = dict[str, Any]


def settings_page() -> str:
    """The page of the settings: one heading for each variable."""
    text = _GENERATED.format(source="`runstone.config.SETTINGS`") + (
        "# Settings\n\n"
        "Every setting is an environment variable, and is read at each use.\n"
        "Where MLflow has a variable for the same thing, it is read second.\n"
        "An argument of a function or a flag of a command goes before both.\n"
        "`runstone config` shows what holds now, and where it comes from.\n"
    )
    for setting in sorted(SETTINGS, key=lambda setting: setting.name):
        default = "none" if setting.default is None else f"`{setting.default}`"
        text += f"\n## `{setting.name}`\n\n{setting.about}\n\n- Default: {default}\n"
        if setting.mlflow:
            text += f"- Read second: `{setting.mlflow}`\n"
        if setting.secret:
            text += "- Secret: it is never shown.\n"
    return text


def errors_page() -> str:
    """The page of the errors: one heading for each class, from the top of the tree down."""
    text = _GENERATED.format(source="`runstone.errors`") + (
        "# Errors\n\n"
        "Everything that Runstone raises on purpose is a `runstone.errors.RunstoneError`.\n"
        "Each error has a `message`, an `error_code` as MLflow's users know it, and the facts as attributes.\n"
        "A server answers with the code and the HTTP status below, and the client raises the same class again.\n"
    )
    for kind in _tree(errors.RunstoneError):
        about, attributes = _docstring(kind)
        parents = ", ".join(f"`{base.__name__}`" for base in kind.__bases__)
        text += f"\n## `{kind.__name__}`\n\n{about}\n\n"
        text += f"- Code: `{kind.code}`\n- HTTP status: {status_of(kind.__new__(kind))}\n- Is a: {parents}\n"
        text += "".join(f"- `{name}`: {what}\n" for name, what in attributes)
    return text


def rest_page() -> str:
    """The page of the REST endpoints: one heading for each, then one for each kind of value."""
    document = openapi.document()
    components: dict[str, Schema] = document["components"]["schemas"]
    text = _GENERATED.format(source="the endpoint records in `runstone.schemas`") + (
        "# REST\n\n"
        "Runstone answers MLflow's protocol: same paths, same JSON, same error codes and statuses.\n"
        "Each path below is served under `/api/3.0`, `/ajax-api/2.0`, `/ajax-api/3.0` and `/api/2.0/preview` as well.\n"
        "A server gives the same facts for programs at `/openapi.json`; an error is explained in [Errors](errors.md).\n"
    )
    group = ""
    for endpoint in openapi.ENDPOINTS:
        resource = endpoint.name.split("/")[0]
        if resource != group:
            text, group = f"{text}\n## Calls on {resource.replace('-', ' ')}\n", resource
        text += _endpoint(endpoint, components)
    # What a call takes stands with the call; all else that a call names is explained below.
    requests = {endpoint.request.__name__ for endpoint in openapi.ENDPOINTS}
    answers = {endpoint.response.__name__ for endpoint in openapi.ENDPOINTS}
    text += "\n## Values\n"
    for name in sorted(set(components) - (requests - answers)):
        about = _paragraph(components[name].get("description", ""))
        text += f"\n### `{name}`\n\n{about}\n" if about else f"\n### `{name}`\n"
        text += _fields(components[name])
    return text


def command_line_page() -> str:
    """The page of the command line: one heading for each command."""
    text = _GENERATED.format(source="the commands in `runstone.cli`") + (
        "# Command line\n\nEvery command explains itself with `--help`, and every listing prints JSON with `--json`.\n"
    )
    for path, command in commands(command_line, "runstone"):
        context = click.Context(command, info_name=path)
        usage = " ".join(command.collect_usage_pieces(context))
        text += f"\n## `{path}`\n\n{_paragraphs(command.help or '')}\n\nUsage: `{path} {usage}`\n"
        rows = [row for parameter in command.params if (row := _parameter(parameter, context))]
        if rows:
            text += "\n" + "\n".join(rows) + "\n"
    return text


def evaluation_page() -> str:
    """The page of ``evaluation.json``: one heading for each kind of value in it."""
    _, components = msgspec.json.schema_components([Evaluation])
    text = _GENERATED.format(source="`runstone.evaluation.document`") + (
        "# Evaluations\n\n"
        "`runstone.evaluate` keeps what it found as `evaluation/evaluation.json` among the artifacts of the run, or "
        "as `evaluation/PREFIX/evaluation.json` where the metrics have a prefix.\n"
        "`EvaluationResult.save` writes the same file.\n"
        "It is JSON in UTF-8, and has one object, an `Evaluation`.\n\n"
        "- A number that is not finite, and a metric that is not defined, is `null`.\n"
        "- A field that is not required may be left out, and means the same then as its default.\n"
        "- Whoever reads passes over fields that he does not know, and refuses a `version` above the one that he "
        "knows.\n"
        "- Curves have at most 200 points, residuals are a sample of at most 1000, and series have at most 400 "
        "times.\n\n"
        "`spec/models/evaluation` has examples, and the same as a JSON Schema.\n\n"
        '```json\n{\n  "version": 1,\n  "model_type": "regressor",\n  "examples": 80,\n'
        '  "metrics": {"mean_absolute_error": {"value": 19.4, "low": 16.9, "high": 21.8, '
        '"greater_is_better": false}},\n'
        '  "bootstrap": {"resamples": 1000, "level": 0.95, "seed": 0}\n}\n```\n'
    )
    for kind in STRUCTS:
        schema = components[kind.__name__]
        about, attributes = _docstring(kind)
        text += f"\n## `{kind.__name__}`\n\n{_paragraph(about)}\n\n"
        text += "| field | type | required | meaning |\n|---|---|---|---|\n"
        required = set(schema.get("required", ()))
        for name, what in attributes:
            needed = "yes" if name in required else "no"
            text += f"| `{name}` | {_type(schema['properties'][name])} | {needed} | {what} |\n"
    return text


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it that are not hidden, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            if not child.hidden:
                yield from commands(child, f"{path} {name}")


def _endpoint(endpoint: Endpoint[Any, Any], components: dict[str, Schema]) -> str:
    methods = ", ".join(f"`{method}`" for method in endpoint.also)
    also = f"Old clients call it with {methods} too.\n" if methods else ""
    where = "query" if endpoint.method == "GET" else "body"
    text = f"\n### `{endpoint.method} {endpoint.path}`\n\n{endpoint.summary}\n{also}"
    if fields := _fields(components[endpoint.request.__name__], where):
        text += fields
    return text + f"\nAnswer: [`{endpoint.response.__name__}`](#{_anchor(endpoint.response.__name__)})\n"


def _fields(schema: Schema, heading: str = "field") -> str:
    if "enum" in schema:
        return "\nOne of " + ", ".join(f"`{value}`" for value in schema["enum"]) + ".\n"
    properties: dict[str, Schema] = schema.get("properties", {})
    if not properties:
        return ""
    required = set(schema.get("required", ()))
    text = f"\n| {heading} | type | required |\n|---|---|---|\n"
    for name, kind in properties.items():
        text += f"| `{name}` | {_type(kind)} | {'yes' if name in required else 'no'} |\n"
    return text


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[`{name}`](#{_anchor(name)})"
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict):
        values = _type(schema["additionalProperties"])
        return f"object of ({values})" if " or " in values else f"object of {values}"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("type", "any"))


def _parameter(parameter: click.Parameter, context: click.Context) -> str:
    if not isinstance(parameter, click.Option):
        return ""
    record = parameter.get_help_record(context)
    return "" if record is None else f"- `{record[0]}`: {' '.join(record[1].split())}"


def _tree(kind: type[errors.RunstoneError]) -> Iterator[type[errors.RunstoneError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:  # what another module keeps to itself needs no page
            yield from _tree(child)


def _docstring(kind: type) -> tuple[str, list[tuple[str, str]]]:
    text, _, section = inspect.cleandoc(kind.__doc__ or "").partition("\nAttributes:\n")
    attributes = re.findall(r"^ {4}(\w+): (.+(?:\n {8,}.+)*)", section, re.MULTILINE)
    return text.strip().replace("``", "`"), [(name, _paragraph(what)) for name, what in attributes]


def _paragraph(text: str) -> str:
    return " ".join(inspect.cleandoc(text).partition("\n\n")[0].split()).replace("``", "`")


def _paragraphs(text: str) -> str:
    blocks = inspect.cleandoc(text.replace("\b", "")).split("\n\n")
    return "\n\n".join(" ".join(block.split()) for block in blocks).replace("``", "`")


def _anchor(name: str) -> str:
    return name.lower()
