"""Regular expressions whose cost grows with the length of the text alone.

A filter comes from a stranger, so ``RLIKE`` must not be able to stop a server: the expression becomes an automaton,
which looks at each character once. Hence no back references and no looking around.
"""

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from runstone.search.expression import (
    AnyCharacter,
    Characters,
    Choice,
    End,
    Expression,
    Repeat,
    Sequence,
    Start,
    read_expression,
)

MAX_STEPS = 200
# Of one filter. Each is remembered for the next row, and those of some searches at once.
MAX_PATTERNS = 16
_SEARCHES = 8
# States and moves that are remembered; beyond these all are forgotten and found anew, which bounds the memory.
_MAX_STATES = 2000
_MAX_MOVES = 20_000


class _Act(Enum):
    CONSUME = 0
    FORK = 1
    AT_START = 2
    AT_END = 3
    MATCH = 4


class _Step(Struct):
    act: _Act
    takes: Callable[[str], bool] | None = None
    targets: tuple[int, ...] = ()


class _State:
    """The steps that may come next, and where each character leads."""

    __slots__ = ("has_matched", "matches_at_end", "moves", "steps")

    def __init__(self, steps: frozenset[int], *, has_matched: bool, matches_at_end: bool) -> None:
        self.steps = steps
        self.has_matched = has_matched
        self.matches_at_end = matches_at_end
        self.moves: dict[str, _State] = {}


class Pattern:
    r"""A regular expression, looked for anywhere in a text.

    Args:
        text: The expression: characters, ``.``, ``[a-z]``, ``[^a-z]``, ``\d \w \s`` and their capitals, ``^``,
            ``$``, groups, ``|``, ``* + ? {2} {2,} {2,5}``; ``(?i)`` at the beginning ignores case.

    Raises:
        ValueError: The expression cannot be read, or is too large; the message says why.

    Example:
        >>> Pattern("^v[0-9]+$").matches("v12")
        True
    """

    def __init__(self, text: str) -> None:
        expression, ignores_case = read_expression(text)
        self._ignores_case = ignores_case
        self._steps: list[_Step] = []
        self._add(expression)
        self._append(_Step(_Act.MATCH))
        self._states: dict[frozenset[int], _State] = {}
        self._moves = 0
        self._first = self._state({0}, is_at_start=True)

    @staticmethod
    def why_not(text: str) -> str:
        """Why an expression cannot be used; empty if it can."""
        try:
            Pattern(text)
        except ValueError as error:
            return str(error)
        return ""

    def matches(self, text: str) -> bool:
        """Whether the expression is found in the text."""
        state = self._first
        for character in text:
            if state.has_matched:
                return True
            following = state.moves.get(character)
            state = self._move(state, character) if following is None else following
        return state.has_matched or state.matches_at_end

    def _append(self, step: _Step) -> int:
        if len(self._steps) >= MAX_STEPS:
            raise ValueError(f"it is too large; at most {MAX_STEPS} characters, repetitions counted out")
        self._steps.append(step)
        return len(self._steps) - 1

    def _add(self, node: Expression) -> None:
        """Append the steps of a node; they go on to the step that is appended next."""
        match node:
            case AnyCharacter():
                self._consume(lambda _: True)
            case Characters():
                self._consume(node.takes_any_case if self._ignores_case else node.takes)
            case Start():
                self._follow(_Act.AT_START)
            case End():
                self._follow(_Act.AT_END)
            case Sequence():
                for part in node.parts:
                    self._add(part)
            case Choice():
                self._add_choice(node)
            case Repeat():
                self._add_repeat(node)

    def _consume(self, takes: Callable[[str], bool]) -> None:
        index = self._append(_Step(_Act.CONSUME, takes))
        self._steps[index].targets = (index + 1,)

    def _follow(self, act: _Act) -> None:
        index = self._append(_Step(act))
        self._steps[index].targets = (index + 1,)

    def _add_choice(self, node: Choice) -> None:
        fork = self._append(_Step(_Act.FORK))
        begins, ends = [], []
        for part in node.parts:
            begins.append(len(self._steps))
            self._add(part)
            ends.append(self._append(_Step(_Act.FORK)))
        self._steps[fork].targets = tuple(begins)
        for end in ends:
            self._steps[end].targets = (len(self._steps),)

    def _add_repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            before = len(self._steps)
            self._add(node.part)
            if len(self._steps) == before:
                return  # what takes nothing is not counted out: a hundred times nothing, nested, would take forever
        if node.most is None:
            fork = self._append(_Step(_Act.FORK))
            self._add(node.part)
            self._append(_Step(_Act.FORK, targets=(fork,)))
            self._steps[fork].targets = (fork + 1, len(self._steps))
            return
        forks = []
        for _ in range(node.most - node.least):
            forks.append(self._append(_Step(_Act.FORK)))
            self._add(node.part)
        for fork in forks:
            self._steps[fork].targets = (fork + 1, len(self._steps))

    def _move(self, state: _State, character: str) -> _State:
        reached = {0}  # the expression may begin at each character
        for index in state.steps:
            step = self._steps[index]
            if step.takes is not None and step.takes(character):
                reached.update(step.targets)
        following = self._state(reached, is_at_start=False)
        if self._moves >= _MAX_MOVES:
            self._forget()
        self._moves += 1
        state.moves[character] = following
        return following

    def _state(self, indices: set[int], *, is_at_start: bool) -> _State:
        reached = self._closure(indices, is_at_start=is_at_start, is_at_end=False)
        known = self._states.get(reached)
        if known is None:
            at_end = self._closure(indices, is_at_start=is_at_start, is_at_end=True)
            final = len(self._steps) - 1
            known = _State(reached, has_matched=final in reached, matches_at_end=final in at_end)
            if len(self._states) >= _MAX_STATES:
                self._forget()
            self._states[reached] = known
        return known

    def _forget(self) -> None:
        # Another thread may be matching too: it goes on with the states that it holds.
        states, self._states = self._states, {}
        self._moves = 0
        for state in list(states.values()):
            state.moves = {}

    def _closure(self, indices: set[int], *, is_at_start: bool, is_at_end: bool) -> frozenset[int]:
        """The steps that are reached without a character."""
        passes = {_Act.FORK: True, _Act.AT_START: is_at_start, _Act.AT_END: is_at_end}
        reached: set[int] = set()
        waiting = list(indices)
        while waiting:
            index = waiting.pop()
            if index in reached:
                continue
            reached.add(index)
            step = self._steps[index]
            if passes.get(step.act, False):
                waiting.extend(step.targets)
        return frozenset(reached)


def any_case(pattern: str) -> str:
    """The regular expression that means what ``ILIKE`` does with a pattern, in any script.

    Example:
        >>> any_case("É%_")
        '(?i)^É.*.$'
    """
    signs = (".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern)
    return f"(?i)^{''.join(signs)}$"


@lru_cache(maxsize=MAX_PATTERNS * _SEARCHES)
def compiled(text: str) -> Pattern:
    """The pattern of a text, made once."""
    return Pattern(text)
