"""Files that run code when they are opened: written where a library offers no better, and always by cloudpickle."""

import pickle
from pathlib import Path
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue, Unsupported


def dump(model: Any, file: Path, *, plain: bool = False) -> None:
    """Write an object.

    Args:
        model: The object.
        file: Where to.
        plain: By the standard library's pickle, which keeps classes by their names alone.

    Raises:
        InvalidValue: It cannot be pickled.
        Unsupported: cloudpickle is not installed.
    """
    try:
        with file.open("wb") as opened:
            pickle.dump(model, opened) if plain else _cloudpickle().dump(model, opened)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError, NotImplementedError) as error:
        file.unlink(missing_ok=True)
        raise InvalidValue(
            f"the model {shown(model)} cannot be pickled: {error}; keep what cannot be pickled, such as open files, "
            "locks and connections, out of the object, and make it in load_context"
        ) from error


def load(file: Path) -> Any:
    """Read an object; whoever calls has made sure that its maker is trusted.

    Raises:
        InvalidModel: The file is missing or damaged, or needs a module that is not there.
    """
    try:
        with file.open("rb") as opened:
            return pickle.load(opened)  # noqa: S301 - callers check trust first
    except FileNotFoundError:
        raise InvalidModel(f"the model has no file {str(file)!r}: its folder is not whole") from None
    except ModuleNotFoundError as error:
        raise InvalidModel(
            f"{str(file)!r} needs the module {error.name!r}, which is not here; install what the model's "
            "requirements.txt lists, or load it with env='fresh'"
        ) from error
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError) as error:
        raise InvalidModel(f"{str(file)!r} cannot be unpickled: {error}") from error


def modules(file: Path) -> frozenset[str]:
    """Top names of the modules that a pickle refers to; found without running it."""
    import pickletools  # on use: it is large

    found: set[str] = set()
    # The texts that were pushed last, whether written out or taken from the memo.
    pushed: list[str] = []
    memo: dict[int, str] = {}
    importing = False
    for code, argument, _ in pickletools.genops(file.read_bytes()):
        if isinstance(argument, str) and code.name != "GLOBAL":
            pushed.append(argument)
            if importing:
                found.add(argument)
            importing = False
        elif code.name in {"MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"}:
            number = len(memo) if code.name == "MEMOIZE" else int(str(argument))
            memo[number] = pushed[-1] if pushed else ""
        elif code.name in {"BINGET", "LONG_BINGET", "GET"}:
            pushed.append(memo.get(int(str(argument)), ""))
        elif code.name in {"GLOBAL", "STACK_GLOBAL"}:
            module, name = str(argument).split(" ", 1) if code.name == "GLOBAL" else pushed[-2:]
            found.add(module)
            pushed.append("")
            # cloudpickle writes a module that a function uses as this call with its name.
            importing = name in {"subimport", "dynamic_subimport"}
    return frozenset(name.partition(".")[0] for name in found if name)


def _cloudpickle() -> Any:
    try:
        import cloudpickle
    except ModuleNotFoundError:
        raise Unsupported('pickles need cloudpickle; install it with: pip install "runstone[models]"') from None
    return cloudpickle
