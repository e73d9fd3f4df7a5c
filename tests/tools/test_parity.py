import pytest

import runstone
from tools.parity import surface


def test_every_public_name_has_its_entry() -> None:
    assert list(surface.problems(runstone.__all__, surface.read())) == []


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({}, "log_param: public in Python, and not in the table"),
        ({"log_param": {"r": "log_param"}, "gone": {"r": "gone"}}, "gone: in the table, and not public in Python"),
        ({"log_param": {}}, "wanted: `r`"),
        ({"log_param": {"r": "log_param", "missing": "later"}}, "wanted: `r`"),
        ({"log_param": {"r": "log_parameter"}}, "needs a `why`"),
        ({"log_param": {"r": "log_param", "state": "done"}}, "the fields are"),
    ],
)
def test_wrong_table_is_explained(table: dict[str, dict[str, str]], problem: str) -> None:
    found = list(surface.problems(["log_param"], table))

    assert len(found) == 1
    assert problem in found[0]


def test_two_names_cannot_share_a_spelling() -> None:
    table = {"set_tag": {"r": "set_tag"}, "tag": {"r": "set_tag", "why": "shorter"}}

    assert list(surface.problems(table, table)) == ["tag: set_tag() in R is set_tag already"]


def test_other_spelling_with_its_reason_is_fine() -> None:
    table = {"load": {"r": "load_thing", "why": "base::load() exists"}, "late": {"missing": "comes with models"}}

    assert list(surface.problems(table, table)) == []
