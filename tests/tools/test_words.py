from pathlib import Path

import pytest

from tests.tools.conftest import MakeFile
from tools import words

# Put together here, so that this file holds none of them.
HOME = "/ho" + "me/somebody/data.csv"
REGISTRY = "https://py" + "pi.org/simple"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", f"path = '{HOME}'\n"),
        ("a.md", f"sqlite:///{HOME}\n"),
        ("Makefile", f"pip install -i {REGISTRY}\n"),
        ("requirements/dev.txt", "--extra-index-url somewhere\n"),
        ("requirements/dev.txt", "a==1\n-f wheels\n"),
        ("web/.npmrc", "registry = somewhere\n"),
        ("web/package-lock.json", '"resolved": "https://' + 'example.org/a.tgz"\n'),
    ],
)
def test_word_of_one_machine_is_named_with_its_line(name: str, text: str) -> None:
    problems = list(words.foreign_words(name, "first line\n" + text))

    assert len(problems) == 1
    assert problems[0].startswith(("2: ", "3: "))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "see https://example.org/home/page and ./{}/notes\n".format("work")),
        ("a.md", "a folder such as data/home/x or ~/work\n"),
        ("a.toml", "registry = 'artifacts'\n"),
        ("web/package-lock.json", '"integrity": "sha512-abc"\n'),
    ],
)
def test_ordinary_text_is_fine(name: str, text: str) -> None:
    assert list(words.foreign_words(name, text)) == []


def test_pictures_are_not_read(repository: Path, make_file: MakeFile) -> None:
    make_file("a.png", HOME)

    assert words.main(repository) == 0

    make_file("a.txt", HOME)

    assert words.main(repository) == 1


def test_this_repository_holds_the_rule() -> None:
    assert words.main() == 0
