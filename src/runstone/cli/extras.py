"""Extras: packages that some commands need, and that a plain installation lacks."""

from collections.abc import Sequence
from importlib.util import find_spec

from runstone.errors import Unsupported

SERVER = ("cryptography", "httptools", "prometheus_client", "starlette", "uvicorn")
MODELS = ("cloudpickle", "numpy", "packaging", "pandas", "pyarrow", "yaml")
SKLEARN = ("sklearn", "skops")
DEMO = ("matplotlib", "pandas", "PIL", "sklearn")


def check_extra(command: str, extras: str, modules: Sequence[str]) -> None:
    """Make sure that what a command imports is installed.

    Args:
        command: The command, for the message.
        extras: Names of the extras that bring the modules, parted by commas.
        modules: Modules, by the names they are imported by.

    Raises:
        Unsupported: Some are missing.
    """
    missing = missing_modules(modules)
    if missing:
        raise Unsupported(
            f"`runstone {command}` needs {', '.join(missing)}, which this installation lacks; "
            f'install it with: pip install "runstone[{extras}]"'
        )


def missing_modules(modules: Sequence[str]) -> list[str]:
    """Those of the modules that are not installed, each once."""
    return [name for name in dict.fromkeys(modules) if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False  # an import hook refuses it
