"""The bar of a long transfer."""

import io
from collections.abc import Iterator

import pytest

from runstone.artifacts.progress import TransferBar


class Terminal(io.StringIO):
    """A screen that remembers what it shows."""

    def isatty(self) -> bool:
        return True


def moved(file: io.StringIO, *, after_s: float = 0) -> str:
    with TransferBar("upload model.bin", 3_000, file=file, after_s=after_s) as bar:
        assert list(bar.counted([b"x" * 1000] * 3)) == [b"x" * 1000] * 3
    return file.getvalue()


def test_long_transfer_shows_a_bar_on_a_terminal() -> None:
    shown = moved(Terminal())

    assert "upload model.bin" in shown
    assert "3.0/3.0 kB" in shown


def test_short_transfer_shows_nothing() -> None:
    assert moved(Terminal(), after_s=3600) == ""


def test_nothing_is_shown_in_a_file() -> None:
    assert moved(io.StringIO()) == ""


@pytest.mark.parametrize("name", ["RUNSTONE_ENABLE_ARTIFACTS_PROGRESS_BAR", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"])
def test_setting_turns_the_bar_off(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "false")

    assert moved(Terminal()) == ""


def test_transfer_that_fails_takes_its_bar_away() -> None:
    screen = Terminal()

    def broken() -> Iterator[bytes]:
        yield b"x"
        raise RuntimeError("broke off")

    with pytest.raises(RuntimeError, match="broke off"), TransferBar("download", None, file=screen, after_s=0) as bar:
        list(bar.counted(broken()))

    assert screen.getvalue().endswith(("\n", "\x1b[?25h"))
