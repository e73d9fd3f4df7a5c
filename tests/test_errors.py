"""Errors are told apart by class, travel by name, and know their facts."""

import re

import pytest

from runstone import errors
from runstone.errors import (
    BackendError,
    EndpointNotFound,
    ExperimentExists,
    ExperimentNotFound,
    InvalidFilter,
    InvalidValue,
    ModelAliasNotFound,
    ModelVersionNotFound,
    NotFound,
    ParamChanged,
    RegisteredModelExists,
    RegisteredModelNotFound,
    RunNotFound,
    RunstoneError,
    restore,
)


def every_error() -> list[type[RunstoneError]]:
    return [thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, RunstoneError)]


def test_tree_at_the_top_of_the_module_names_every_class_and_code() -> None:
    tree = errors.__doc__ or ""

    drawn = set(re.findall(r"([A-Z][A-Za-z]+)(?: |$)", tree.split("``code``")[0], re.MULTILINE))
    for kind in every_error():
        assert kind.__name__ in drawn
        assert kind.code in tree


def test_errors_are_known_by_the_name_that_users_import() -> None:
    assert {kind.__module__ for kind in every_error()} == {"runstone.errors"}


def test_errors_are_builtins_too() -> None:
    assert issubclass(InvalidValue, ValueError)
    assert issubclass(NotFound, LookupError)


def test_facts_are_attributes() -> None:
    error = ParamChanged("r", "lr", old="1", new="2")

    assert (error.run_id, error.key, error.error_code) == ("r", "lr", "INVALID_PARAMETER_VALUE")
    assert "'1'" in str(error)
    assert "'2'" in str(error)


def test_filter_error_points_at_the_character() -> None:
    error = InvalidFilter("found nothing", text="a >", position=3)

    assert str(error) == "found nothing\n  a >\n     ^"


@pytest.mark.parametrize(
    "error",
    [
        RunNotFound("r"),
        ExperimentNotFound("x", by="name"),
        ExperimentExists("n"),
        RegisteredModelNotFound("m"),
        RegisteredModelExists("m"),
        ModelVersionNotFound("m", "1"),
        ModelAliasNotFound("m", "champion"),
        ParamChanged("r", "k", old="1", new="2"),
        InvalidFilter("why", text="t", position=1),
        errors.InvalidArtifactPath("../a", "has a part '..'"),
        errors.InvalidPageToken("t"),
        errors.RunDeleted("r"),
        errors.ExperimentDeleted("1"),
        errors.ArtifactNotFound("a"),
        errors.ModelArtifactNotFound("weights"),
        errors.ModelSettingNotFound("depth", ["width"]),
        errors.ModelNotFound("runs:/r/model", "the run logged none"),
    ],
)
def test_error_is_the_same_behind_a_server(error: RunstoneError) -> None:
    again = restore(error.code, error.message, name=type(error).__name__, facts=error.facts)

    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("RESOURCE_DOES_NOT_EXIST", NotFound),
        ("INVALID_PARAMETER_VALUE", InvalidValue),
        ("ENDPOINT_NOT_FOUND", EndpointNotFound),
        ("INTERNAL_ERROR", BackendError),
        ("SOMETHING_NEW", BackendError),
    ],
)
def test_error_of_a_genuine_server_gets_the_class_of_its_code(code: str, kind: type[RunstoneError]) -> None:
    assert type(restore(code, "why")) is kind


def test_name_that_is_no_error_is_passed_over() -> None:
    assert type(restore("INVALID_STATE", "why", name="SystemExit")) is errors.InvalidState
