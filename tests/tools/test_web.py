import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tools import compiled, web
from tools.repository import ROOT

# Stands in for Node.js, which builds nothing here: it writes down its calls and makes what the real one would.
NPM = """#!/bin/sh
echo "$@" >> ../npm-calls
case "$1" in
    ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
    run) case "$2" in
        build)
            mkdir -p ../src/runstone/server/static
            echo "<!doctype html>" > ../src/runstone/server/static/index.html ;;
        types) cp ../spec/openapi.json src/types/api.d.ts ;;
        *) test ! -e fails-at-"$2" ;;
        esac ;;
    *) exit 4 ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, script in {"node": "#!/bin/sh\necho v22.1.0\n", "npm": NPM}.items():
        (commands / name).write_text(script)
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(commands), prepend=os.pathsep)
    root = tmp_path / "project"
    (root / "web" / "src" / "types").mkdir(parents=True)
    (root / "spec").mkdir()
    (root / "spec" / "openapi.json").write_text("same")
    (root / web.TYPES).write_text("same")
    (root / "web" / "package-lock.json").write_text("{}")
    (root / "web" / "src" / "app.tsx").write_text("export {};\n")
    return root


def calls(project: Path) -> list[str]:
    return (project / "npm-calls").read_text().splitlines()


def test_page_is_built_once_for_the_same_sources(project: Path) -> None:
    web.build(project)
    web.build(project)

    assert calls(project) == ["ci --no-audit --no-fund", "run build"]


def test_page_is_built_again_when_a_source_changes(project: Path) -> None:
    web.build(project)
    (project / "web" / "src" / "app.tsx").write_text("export const x = 1;\n")
    web.build(project)

    assert calls(project)[1:] == ["run build", "run build"]


def test_page_is_built_again_when_it_is_gone(project: Path) -> None:
    web.build(project)
    (project / web.STATIC / "index.html").unlink()

    assert not web.is_fresh(project)


def test_installed_packages_do_not_make_the_page_stale(project: Path) -> None:
    before = web.sources_digest(project)
    (project / "web" / "node_modules").mkdir()
    (project / "web" / "node_modules" / "a.js").write_text("")

    assert web.sources_digest(project) == before


def test_packages_are_installed_again_when_the_lock_changes(project: Path) -> None:
    web.build(project)
    lock = project / "web" / "package-lock.json"
    later = (project / "web" / "node_modules" / ".package-lock.json").stat().st_mtime + 10
    os.utime(lock, (later, later))

    web.install(project)

    assert calls(project)[-1] == "ci --no-audit --no-fund"


def test_built_page_without_sources_is_taken_as_it_is(project: Path) -> None:
    web.build(project)
    shutil.rmtree(project / "web")

    web.build(project)

    assert web.is_fresh(project)


def test_neither_sources_nor_page_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(web.WebError, match="no complete source tree"):
        web.build(tmp_path)


@pytest.mark.parametrize("version", ["v18.20.1", "v20.18.0", "unknown"])
def test_old_node_is_passed_over(project: Path, version: str) -> None:
    (project.parent / "bin" / "node").write_text(f"#!/bin/sh\necho {version}\n")

    assert not web.system_npm()


def test_check_runs_style_types_and_tests(project: Path) -> None:
    web.check(project)

    assert calls(project)[1:] == ["run types", "run lint", "run typecheck", "run test"]


def test_check_fails_where_one_of_its_parts_does(project: Path) -> None:
    (project / "web" / "fails-at-lint").touch()

    with pytest.raises(subprocess.CalledProcessError):
        web.check(project)


def test_types_that_are_not_those_of_the_document_are_renewed_and_named(project: Path) -> None:
    (project / "spec" / "openapi.json").write_text("newer")

    with pytest.raises(web.WebError, match="commit it"):
        web.check(project)
    assert (project / web.TYPES).read_text() == "newer"


def test_failure_of_npm_is_passed_on(project: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        web.run_npm(project, ["unknown"])


@pytest.mark.parametrize("arguments", [[], ["npm"], ["build", "now"]])
def test_wrong_arguments_are_answered_with_the_usage(arguments: list[str]) -> None:
    assert web.main(arguments) == 2


@pytest.mark.slow
def test_wheel_has_the_page_the_types_and_what_is_compiled_from_the_tree_and_from_the_archive(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("src", "tools"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "static", "*.so"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, source / name)
    (source / web.STATIC).mkdir()
    (source / web.STATIC / "index.html").write_text("<!doctype html>")
    (source / "web" / "src").mkdir(parents=True)
    (source / "web" / "src" / "main.tsx").touch()
    (source / web.STAMP).parent.mkdir()
    (source / web.STAMP).write_text(web.sources_digest(source) + "\n")

    build = [sys.executable, "-m", "hatchling", "build", "-d"]
    subprocess.run([*build, str(tmp_path / "dist")], cwd=source, check=True)

    wheel = next((tmp_path / "dist").glob("*.whl"))
    names = ZipFile(wheel).namelist()
    assert {"runstone/server/static/index.html", "runstone/py.typed", "runstone/cli/__init__.py"} <= set(names)
    assert [name for name in names if name.endswith(".so")] == ["runstone/journal/appending.abi3.so"]
    assert wheel.name.endswith(f"-{compiled.tag()}.whl")
    assert not [name for name in names if name.startswith(("tests", "tools", "web"))]
    archive = next((tmp_path / "dist").glob("*.tar.gz"))
    subprocess.run(["tar", "-xzf", archive, "-C", tmp_path / "dist"], check=True)
    unpacked = archive.with_name(archive.name.removesuffix(".tar.gz"))
    assert sorted(path.name for path in unpacked.iterdir()) == [
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "pyproject.toml",
        "src",
        "tools",
    ]
    subprocess.run([*build, str(tmp_path / "again"), "-t", "wheel"], cwd=unpacked, check=True)
    assert ZipFile(tmp_path / "again" / wheel.name).namelist() == names
