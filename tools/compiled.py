"""Compile the part of the package that is written in C, where that can be done; the package works without it."""

import sys
import sysconfig
from pathlib import Path

from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path("src", "runstone", "journal", "appending.c")


def build(root: Path) -> Path | None:
    """Compile it beside its source, unless it is newer than that.

    Returns:
        The file, from ``root``; ``None`` where this Python has no stable interface, or there is no compiler, as is
        said then.
    """
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        print(f"compiled: {SOURCE.name} is left out: this Python lacks the stable interface of CPython", flush=True)
        return None
    made = SOURCE.with_suffix(".abi3.so")
    extension = Extension("appending", [str(root / SOURCE)], py_limited_api=True, extra_compile_args=["-Wextra"])
    command = build_ext(Distribution({"name": "runstone", "ext_modules": [extension]}))
    command.build_lib, command.build_temp = str((root / made).parent), str(root / ".build" / "compiled")
    command.ensure_finalized()
    try:
        command.run()
    except CCompilerError as error:
        (root / made).unlink(missing_ok=True)  # it is of an older source
        print(f"compiled: {SOURCE.name} is left out, and calls of log_metric take longer: {error}", flush=True)
        return None
    return made


def tag() -> str:
    """What a wheel that carries it says of where it can be installed."""
    return f"cp311-abi3-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


if __name__ == "__main__":
    sys.exit(0 if build(ROOT) else 1)
