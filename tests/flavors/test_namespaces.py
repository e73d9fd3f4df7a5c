"""Code of a model is its own: no other model sees it, nor does the program that loads it."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from threading import Barrier
from types import ModuleType

import pytest

from runstone.errors import InvalidState
from runstone.flavors import namespaces
from runstone.flavors.namespaces import Namespace

Make = Callable[..., Namespace]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a namespace of files, by their paths with `__` for a slash; `_0` is the file of a package."""

    def made(folder: str = "code", **files: str) -> Namespace:
        for name, text in files.items():
            file = tmp_path / folder / f"{name.replace('__', '/').replace('_0', '/__init__')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text))
        return Namespace(tmp_path / folder)

    return made


def test_two_folders_have_a_module_of_one_name_each(make: Make) -> None:
    one, two = make("one", helper="answer = 1"), make("two", helper="answer = 2")

    assert (one.module("helper").answer, two.module("helper").answer) == (1, 2)
    assert one.module("helper") is one.module("helper")


def test_modules_import_one_another(make: Make) -> None:
    code = make(helper="import other\nfrom other import answer as found\nanswer = other.answer", other="answer = 4")

    found = code.module("helper")

    assert (found.answer, found.found) == (4, 4)


def test_import_inside_of_a_function_finds_the_models_own(make: Make) -> None:
    late = "def answer():\n    import late\n    return late.answer"
    one = make("one", helper=late, late="answer = 1")
    two = make("two", helper=late, late="answer = 2")

    assert [each.module("helper").answer() for each in (two, one)] == [2, 1]


def test_packages_import_relatively(make: Make) -> None:
    code = make(
        tools_0="from .numbers import one\nfrom . import numbers",
        tools__numbers="from .deep import two\none = 1",
        tools__deep_0="from ..numbers2 import two",
        tools__numbers2="two = 2",
        spaces__inner="answer = 3",
        star="from tools import *\nfrom spaces import inner\nimport tools.deep as deep\nimport spaces.inner",
        tools__late="def up():\n    from .deep import two\n    from . import one\n    return one, two",
    )

    star = code.module("star")

    assert (star.one, star.numbers.two, star.inner.answer, star.deep.two) == (1, 2, 3, 2)
    assert star.spaces.inner is star.inner
    assert code.module("tools.late").up() == (1, 2)


def test_star_takes_what_a_package_lists(make: Make) -> None:
    code = make(tools_0="__all__ = ['one']", tools__one="answer = 1", star="from tools import *")

    assert code.module("star").one.answer == 1


def test_modules_may_import_in_a_circle(make: Make) -> None:
    code = make(one="import two\nanswer = 1\ndef both():\n    return answer + two.answer", two="import one\nanswer = 2")

    assert code.module("one").both() == 3


def test_nothing_of_it_stays_in_the_program(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    users = ModuleType("helper")
    monkeypatch.setitem(sys.modules, "helper", users)
    before, path, finders = dict(sys.modules), list(sys.path), list(sys.meta_path)
    code = make(helper="import other", other="")

    code.module("helper")

    assert sys.modules["helper"] is users
    assert "other" not in sys.modules
    assert {name: each for name, each in sys.modules.items() if before.get(name) is not each} == {}
    assert (sys.path, sys.meta_path) == (path, finders)
    assert not list(Path(code.module("helper").__file__ or "").parent.rglob("*.pyc"))


def test_bytecode_beside_the_source_is_not_run(make: Make, tmp_path: Path) -> None:
    import py_compile  # as a stranger would, who changes no file that the manifest lists

    (tmp_path / "code").mkdir()
    file = tmp_path / "code" / "helper.py"
    file.write_text("answer = 666")
    py_compile.compile(str(file), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)

    code = make(helper="answer = 1")

    assert code.module("helper").answer == 1


@pytest.mark.parametrize(
    "look",
    [
        "import importlib\ndef find():\n    return importlib.import_module('other').Thing",
        "from importlib import import_module\ndef find():\n    return import_module('other').Thing",
        "import importlib.util\ndef find():\n    return importlib.import_module('other').Thing",
        "def find():\n    return __import__('other').Thing",
        "import pickle\ndef find():\n    return pickle.loads(b'cother\\nThing\\n.')",
        "def find():\n    from pickle import loads\n    return loads(b'cother\\nThing\\n.')",
        "import importlib\ndef find():\n    return importlib.import_module('.other', 'package').Thing",
    ],
)
def test_what_looks_for_a_module_by_name_finds_the_models_own(
    make: Make, look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "other", ModuleType("other"))
    thing = "class Thing: pass"

    code = make(helper=look, other=thing, package_0="", package__other=thing)

    assert code.module("helper").find().__name__ == "Thing"


def test_dataclasses_and_type_hints_find_their_module(make: Make) -> None:
    code = make(
        shapes="""
        from __future__ import annotations
        from dataclasses import dataclass, field
        from typing import ClassVar, get_type_hints

        @dataclass
        class Shape:
            kinds: ClassVar[list] = []
            inner: Shape | None = None

        HINTS = get_type_hints(Shape)
        """
    )

    shapes = code.module("shapes")

    assert shapes.Shape(None) == shapes.Shape()
    assert shapes.HINTS["inner"] == shapes.Shape | None


def test_others_find_its_modules_while_it_is_loading(make: Make) -> None:
    code = make(helper="answer = 1")

    with code.loading():
        import helper  # type: ignore[import-not-found]  # it is the model's

    assert helper is code.module("helper")
    assert "helper" not in sys.modules


def test_model_may_load_another_one(make: Make) -> None:
    inner, outer = make("inner", helper="answer = 1"), make("outer", helper="answer = 2")

    with outer.loading():
        import helper as before

        with inner.loading():
            import helper as between
        import helper as after

    assert [each.answer for each in (before, between, after)] == [2, 1, 2]


def test_modules_of_the_standard_library_and_packages_are_the_usual_ones(make: Make) -> None:
    code = make(helper="import json, msgspec, os.path\nfrom collections import abc", json="raise SystemExit")

    found = code.module("helper")

    assert found.json is sys.modules["json"]
    assert found.msgspec is sys.modules["msgspec"]


def test_threads_of_two_models_answer_each_with_its_own(make: Make) -> None:
    ask_late = "def answer{n}():\n    import late{n}\n    return late{n}.answer()\n"
    late = {f"late{n}": "import helper\ndef answer():\n    return helper.WHO" for n in range(8)}
    asks = "".join(ask_late.format(n=n) for n in range(8))
    made = [make(who, helper=f"WHO = '{who}'\n{asks}", **late) for who in ("one", "two")]
    start = Barrier(8)

    def ask(number: int) -> list[str]:
        helper = made[number % 2].module("helper")
        start.wait()
        return [getattr(helper, f"answer{n}")() for n in range(8)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))

    assert answers == [["one"] * 8, ["two"] * 8] * 4
    assert not {"helper", "late0"} & sys.modules.keys()


def test_threads_that_load_one_model_share_its_modules(make: Make) -> None:
    code = make(helper="answer = object()")

    with code.loading(), ThreadPoolExecutor(4) as threads:
        found = {id(each.answer) for each in threads.map(code.module, ["helper"] * 4)}

    assert len(found) == 1


def test_models_that_wait_for_each_other_are_told(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "PATIENCE_S", 0.01)
    one, two = make("one", helper=""), make("two", helper="")

    with one.loading(), ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(two.module, "helper")

        with pytest.raises(InvalidState, match=r"modules of the same names \(helper\).*one after the other"):
            waiting.result()


def test_module_that_fails_is_tried_again(make: Make) -> None:
    code = make(helper="import absent_module")

    with pytest.raises(ModuleNotFoundError, match="absent_module"):
        code.module("helper")
    make(helper="answer = 1")

    assert code.module("helper").answer == 1


def test_submodule_that_fails_says_what_it_lacks(make: Make) -> None:
    code = make(tools_0="", tools__broken="import absent_module", helper="from tools import broken")

    with pytest.raises(ModuleNotFoundError, match="absent_module"):
        code.module("helper")


def test_name_that_a_package_lacks_is_an_import_error(make: Make) -> None:
    code = make(tools_0="", helper="from tools import nothing")

    with pytest.raises(ImportError, match="nothing"):
        code.module("helper")


def test_import_from_above_the_top_is_refused_as_ever(make: Make) -> None:
    code = make(tools_0="", tools__inner="from ..other import one", plain="from . import other")

    with pytest.raises(ImportError, match="beyond top-level package"):
        code.module("tools.inner")
    with pytest.raises(ImportError, match="no known parent package"):
        code.module("plain")
