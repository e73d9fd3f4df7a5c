"""A genuine server and ours answer the same calls alike, right and wrong ones drawn at random, but for what is allowed
here and explained in ``docs/explanation/mlflow-differences.md``. More seeds by hand: make ``SEEDS`` longer.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest

from tests.peers.allowed import ALLOWED, Met, unlike
from tests.peers.calls import Call, Player
from tests.peers.genuine import ROOT, running_genuine_server
from tests.peers.ours import our_server
from tests.peers.random_calls import random_calls
from tests.peers.shapes import ROOMS

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PAGE = ROOT / "docs" / "explanation" / "mlflow-differences.md"
SEEDS = range(20)
SIZE = 60
# How often a failing sequence is played again to find the calls that matter.
TRIES = 200


class Servers:
    """A genuine server and ours, which are asked the same."""

    def __init__(self, genuine: str, ours: str) -> None:
        self._addresses = genuine, ours
        self._numbers = count()

    def first_difference(self, calls: Sequence[Call]) -> Met | None:
        """The first call that is not answered alike, and is not allowed to."""
        own = f"q{next(self._numbers):05}"
        genuine, ours = (Player(address, own) for address in self._addresses)
        try:
            for call in calls:
                met = Met(call, genuine.play(call), ours.play(call))
                if unlike(met):
                    return met
                if met.is_parting:
                    return None  # what one server did and the other refused: they are no longer in the same state
        finally:
            genuine.clean_up()
            ours.clean_up()
        return None

    def smallest(self, calls: Sequence[Call], met: Met) -> tuple[list[Call], Met]:
        """The calls without which the last is answered alike."""
        kept = [call for call in calls if call.number <= met.call.number]
        step, tries = len(kept) // 2, 0
        while step and tries < TRIES:
            for start in range(0, len(kept) - 1, step):
                fewer = [*kept[:start], *kept[min(start + step, len(kept) - 1) :]]
                again = self.first_difference(fewer)
                tries += 1
                if again and again.call == met.call:
                    kept, met = fewer, again
                    break
            else:
                step //= 2
        return kept, met


@pytest.fixture(scope="module")
def servers(peer: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Both servers, empty."""
    folder = tmp_path_factory.mktemp("random")
    with running_genuine_server(folder) as genuine, our_server(folder) as ours:
        yield Servers(genuine, ours.address)


@pytest.mark.parametrize("room", ROOMS)
def test_random_calls_are_answered_alike(servers: Servers, room: str) -> None:
    for seed in SEEDS:
        calls = random_calls(seed, SIZE, *ROOMS[room])

        met = servers.first_difference(calls)

        if met:
            kept, met = servers.smallest(calls, met)
            told = "\n".join(f"  {call}" for call in kept)
            pytest.fail(f"seed {seed} of {room} is not answered alike:\n{told}\n{met}", pytrace=False)


def test_every_allowed_difference_is_explained() -> None:
    sections = _sections(PAGE)

    assert len(ALLOWED) > 20
    for allowed in ALLOWED:
        assert allowed.reason in sections.get(allowed.heading, ""), allowed


def _sections(page: Path) -> dict[str, str]:
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
    return {heading: text for heading, _, text in (part.partition("\n") for part in parts)}
