"""Compile the part of the package that is written in C, where that can be done; the package works without it."""

import sys
import sysconfig
from pathlib import Path

from packaging.tags import platform_tags
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

SOURCE = Path("src", "runstone", "journal", "appending.c")
BUILT = Path(".build", "compiled")
# What this Python alone looks for: a tree may be shared by machines and by Pythons. And what every later one looks for.
OWN, STABLE = str(sysconfig.get_config_var("EXT_SUFFIX")), ".abi3.so"


class _Build(build_ext):
    """Names what it makes as it is told: where the interface is a stable one, setuptools has names that differ."""

    suffix = OWN

    def get_ext_filename(self, ext_name: str) -> str:
        """The file's name."""
        return f"{ext_name}{self.suffix}"


def build(root: Path, folder: Path = SOURCE.parent, suffix: str = OWN) -> Path | None:
    """Compile it, unless it is newer than its source.

    Args:
        root: The source tree.
        folder: Where in it the file goes.
        suffix: How its name ends.

    Returns:
        The file, from ``root``; ``None`` where this Python has no stable interface, or there is no compiler, as is
        said then.
    """
    made = folder / f"{SOURCE.stem}{suffix}"
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        print(
            f"compiled: {SOURCE.name} is left out: this Python lacks the interface that it is written for", flush=True
        )
        return None
    extension = Extension(SOURCE.stem, [str(root / SOURCE)], depends=[__file__], extra_compile_args=["-Wextra"])
    command = _Build(Distribution({"name": "runstone", "ext_modules": [extension]}))
    command.suffix, command.build_lib, command.build_temp = suffix, str(root / folder), str(root / BUILT / "objects")
    try:
        command.ensure_finalized()
        command.run()
    except (BaseError, CCompilerError, OSError) as error:
        (root / made).unlink(missing_ok=True)  # it is of an older source
        print(f"compiled: {SOURCE.name} is left out, and calls of log_metric take longer: {error}", flush=True)
        return None
    return made


def tag() -> str:
    """What a wheel that carries it says of where it can be installed."""
    [platform, *_] = [each for each in platform_tags() if not each.startswith(("manylinux", "musllinux"))]
    return f"cp311-abi3-{platform}"
