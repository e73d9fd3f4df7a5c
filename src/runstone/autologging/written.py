"""How a call was written where it was made: the names that its arguments have there.

The source is looked at, and never the variables of the function that calls: up to Python 3.12, asking for those changes
what ``locals()`` has given to it.
"""

import ast
import linecache
from itertools import islice
from types import CodeType, FrameType
from typing import Any

from runstone.autologging.quiet import without_warnings

# What stands at a place, since looking there is dear in a long module: by file, function and instruction.
_seen: dict[tuple[str, str, int, int], ast.expr | None] = {}
_MOST_SEEN = 1000


def text(caller: FrameType, function: str) -> str:
    """A call as it was written; empty where its source is not known.

    Args:
        caller: Where it is made.
        function: The name of what is called; empty for what may have any name.
    """
    call = _call(caller, function)
    return "" if call is None else ast.unparse(call)


def name(caller: FrameType, function: str, place: int, keyword: str, value: Any) -> str | None:
    """The name of the variable, or of the attribute, that an argument is; ``None`` where it is no such thing.

    Args:
        caller: Where the call is made.
        function: The name of what is called; empty for what may have any name.
        place: Which argument it is, from zero.
        keyword: Its name.
        value: What was given; looked for among the variables of the module where the source is not known.
    """
    call = _call(caller, function)
    if call is None:
        variables = list(caller.f_globals.items())
        return next((name for name, each in variables if each is value and not name.startswith("_")), None)
    node = next((each.value for each in call.keywords if each.arg == keyword), None)
    if node is None and not any(isinstance(each, ast.Starred) for each in call.args[: place + 1]):
        node = next(iter(call.args[place:]), None)
    return _identifier(node)


def _call(caller: FrameType, function: str) -> ast.Call | None:
    code, instruction = caller.f_code, caller.f_lasti // 2
    place = code.co_filename, code.co_qualname, code.co_firstlineno, instruction
    if place not in _seen:
        if len(_seen) >= _MOST_SEEN:
            _seen.clear()
        _seen[place] = _parsed(code, instruction)
    found = _seen[place]
    if not isinstance(found, ast.Call):
        return None
    called = _identifier(found.func)
    as_named = getattr(caller.f_globals.get(called or ""), "__name__", None)  # imported under another name
    return found if function in {"", called, as_named} else None


def _parsed(code: CodeType, instruction: int) -> ast.expr | None:
    """What stands where an instruction comes from; ``None`` where that cannot be told."""
    first, last, begin, end = next(islice(code.co_positions(), instruction, None), (None,) * 4)
    if first is None or last is None or begin is None or end is None:
        return None
    lines = [line.encode() for line in linecache.getlines(code.co_filename)[first - 1 : last]]
    if len(lines) != last - first + 1:
        return None
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][begin:]
    try:
        with without_warnings():
            return ast.parse(b"(" + b"".join(lines) + b")", mode="eval").body
    except SyntaxError:  # the file was changed since
        return None


def _identifier(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else None
