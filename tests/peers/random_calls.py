"""Sequences of calls, right and wrong ones, drawn by a seed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.peers.calls import NO_ID, OWN, Call

_AJAX = "/ajax-api/2.0/"
# Of ten calls, this many are wrong in some way.
WRONG = 0.4

ODD_TEXTS = (
    *("", " ", "\n", "\0", "a\tb", "é☃😀", "e\u0301", "\ud800", '"', "'", "`", "%", "%2F", "a b", "a.b-c_d:e"),
    *("a/b", "a//b", "/a", "a/", "../a", ".", "..", "0", "-1", "null", "true", "<b>", "a" * 300),
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    7,
    1.5,
    [],
    {},
    [None],
    ["a"],
    [1],
    {"a": 1},
    [[]],
    "",
    "x",
    float("nan"),
)
ODD_NUMBERS = (
    *(0, -1, 1, 1.0, 1.5, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30, 1e3, 1e300),
    *("0", "12", "-3", "1.5", "1e3", " 7 ", "07", "+7", "x", "NaN", "Infinity", "-Infinity", "inf", "nan", "0x1F"),
    *(float("nan"), float("inf"), float("-inf"), "1_000", "٣", ""),
)


def long(*limits: int) -> tuple[str, ...]:
    """Texts that are just as long as a limit, and one character more; ours, and of letters of two bytes."""
    ascii_ones = [OWN + "x" * (size - len(OWN)) for limit in limits for size in (limit, limit + 1)]
    return (*ascii_ones, *(OWN + "é" * (size - len(OWN)) for limit in limits for size in (limit, limit + 1)))


@dataclass(frozen=True)
class Kind:
    """What a field may hold.

    Attributes:
        good: Draws a good value.
        odd: Odd values of its own, besides those of every field.
        is_closed: Whether it holds none but these: what else it held would meet what other sequences made.
    """

    good: Callable[["Draw"], Any]
    odd: tuple[Any, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True)
class Shape:
    """What a call takes.

    Attributes:
        method: HTTP method.
        needed: Fields that a good call has.
        more: Fields that it may have.
        makes: What a good call makes.
        in_both: Whether fields of the path stand in the body as well.
        path: Where it is, if not where its name says; ``{field}`` stands for a field.
        often: How often it is drawn.
        only_ajax: Whether it is served to MLflow's page alone.
    """

    method: str
    needed: dict[str, Kind] = field(default_factory=dict)
    more: dict[str, Kind] = field(default_factory=dict)
    makes: str = ""
    path: str = ""
    often: int = 2
    only_ajax: bool = False
    in_both: bool = False


class Draw:
    """One sequence in the making."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.calls: list[Call] = []
        self._made: dict[str, list[int]] = {}

    def pick(self, *values: Any) -> Any:
        """One of some values."""
        return self.random.choice(values)

    def id_of(self, what: str) -> str:
        """The mark of something that an earlier call made, most often."""
        made = self._made.get(what)
        return f"<made {self.random.choice(made)}>" if made and self.random.random() < 0.97 else NO_ID

    def good(self, name: str, shape: Shape) -> dict[str, Any]:
        """Fields of a call as it should be."""
        fields = {key: kind.good(self) for key, kind in shape.needed.items()}
        return fields | {key: kind.good(self) for key, kind in shape.more.items() if self.random.random() < 0.5}

    def add(self, name: str, shape: Shape, *, wrong: bool, fields: dict[str, Any] | None = None) -> None:
        """Put one more call at the end, and after a page maybe those for the next ones."""
        fields = dict(fields or self.good(name, shape))
        method, prefix = shape.method, _AJAX if shape.only_ajax else "/api/2.0/"
        if wrong:
            self._spoil(fields, shape)
            if self.random.random() < 0.03:
                method = self.pick("GET", "POST", "PUT", "DELETE", "PATCH")
            if self.random.random() < 0.1:
                prefix = _AJAX
        path = prefix + (shape.path or f"mlflow/{name}")
        for part in [key for key in fields if f"{{{key}}}" in path]:
            path = path.replace(f"{{{part}}}", _as_text(fields[part] if shape.in_both else fields.pop(part)) or "-")
        number = len(self.calls)
        if name == "artifacts/put":
            call = Call(number, name, method, path, body=self.pick("", "text", "more text"))
        elif method == "GET":
            call = Call(number, name, method, path, query=tuple(_query(fields)))
        else:
            call = Call(number, name, method, path, body=self._body(fields, wrong=wrong))
        self.calls.append(call)
        if shape.makes:
            self._made.setdefault(shape.makes, []).append(number)
        if "page_token" in shape.more and "max_results" in fields and not wrong and self.random.random() < 0.6:
            self.add(name, shape, wrong=False, fields={**fields, "page_token": f"<token {number}>"})

    def _spoil(self, fields: dict[str, Any], shape: Shape) -> None:
        kinds = shape.needed | shape.more
        chance = self.random.random()
        if not kinds or chance < 0.05:
            fields["unknown_field"] = self.pick(*ODD_VALUES)
        elif chance < 0.2 and (open_ones := [key for key, kind in shape.needed.items() if not kind.is_closed]):
            fields.pop(self.pick(*open_ones), None)
        else:
            key = self.pick(*kinds)
            kind = kinds[key]
            some_of = 0 if kind.is_closed else self.random.random()
            odd = kind.odd if kind.odd and some_of < 0.7 else ODD_VALUES if some_of < 0.9 else ODD_TEXTS
            fields[key] = self.pick(*odd)

    def _body(self, fields: dict[str, Any], *, wrong: bool) -> str:
        text = json.dumps(fields)
        if wrong and self.random.random() < 0.05:
            return str(
                self.pick("", "{", "[]", "null", '"text"', "7", text[:-1], f"[{text}]", text + "x", f" {text}\n")
            )
        return text


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _query(fields: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [(key, each) for key, value in fields.items() for each in (value if isinstance(value, list) else [value])]
    return [(key, _as_text(value)) for key, value in pairs]


def random_calls(seed: int, size: int, shapes: dict[str, Shape], first: dict[str, Shape]) -> list[Call]:
    """A sequence of calls.

    Args:
        seed: Draws always the same.
        size: How many calls.
        shapes: What calls there are.
        first: Good calls that it begins with, each of them twice.
    """
    draw = Draw(seed)
    for name, shape in first.items():
        draw.add(name, shape, wrong=False)
        draw.add(name, shape, wrong=False)
    names = [name for name, shape in shapes.items() for _ in range(shape.often)]
    while len(draw.calls) < size:
        name = draw.pick(*names)
        draw.add(name, shapes[name], wrong=draw.random.random() < WRONG)
    return draw.calls
