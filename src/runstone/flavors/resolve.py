"""From a name, or a model, to its flavor; the only reader of the entry points ``runstone.flavors``."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidModel, UnknownFlavor
from runstone.flavors.base import Flavor
from runstone.flavors.built_in import BUILT_IN
from runstone.models.format import PYFUNC, RUNSTONE, Model

ENTRY_POINTS = "runstone.flavors"


def names() -> list[str]:
    """Names of all flavors: the built-in ones, and those of installed packages."""
    return [*BUILT_IN, *sorted(point.name for point in _installed() if point.name not in BUILT_IN)]


@cache
def named(name: str) -> Flavor:
    """The flavor of this name.

    Raises:
        UnknownFlavor: There is none.
    """
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        made: Flavor = getattr(import_module(module), attribute)()
        return made
    for point in _installed():
        if point.name == name:
            found = point.load()
            flavor: Flavor = found() if isinstance(found, type) else found
            return flavor
    raise UnknownFlavor(f"there is no flavor {shown(name)}; there are {', '.join(names())}")


def of_model(model: object) -> Flavor:
    """The flavor that keeps models such as this one.

    Raises:
        UnknownFlavor: There is none.
    """
    for flavor in _all():
        if flavor.accepts(model):
            return flavor
    raise UnknownFlavor(
        f"no flavor keeps models of type {type(model).__module__}.{type(model).__qualname__}; there are "
        f"{', '.join(names())}: wrap it in a class made of runstone.pyfunc.PythonModel, or write a flavor for it"
    )


def native(model: Model) -> Flavor:
    """The flavor whose library made a model that was saved.

    Raises:
        UnknownFlavor: There is none.
    """
    listed = [name for name in model.flavors if name not in {PYFUNC, RUNSTONE}]
    for name in listed:
        if name in names():
            return named(name)
    loader = str(model.flavors.get(PYFUNC, {}).get("loader_module") or "mlflow")
    if loader.startswith("mlflow.pyfunc.") or loader.partition(".")[0] != "mlflow":  # a script, or a user's own module
        return named("pyfunc")
    raise UnknownFlavor(
        f"the model can be loaded as {', '.join(listed) or 'nothing'}, and this installation knows "
        f"{', '.join(names())} alone"
    )


def of_loader(loader_module: str) -> Flavor | None:
    """The flavor that stands for a module of MLflow's, by which ``MLmodel`` says how to predict.

    Those of installed packages are not asked: they are not imported before a model of theirs is there.
    """
    for flavor in map(named, BUILT_IN):
        if flavor.loader_module == loader_module:
            return flavor
    return None


def settings(model: Model, flavor: Flavor) -> dict[str, object]:
    """The block of a flavor in ``MLmodel``, and what the block ``python_function`` says besides.

    All that is asked of a model's settings is asked of this one mapping: what runs code according to it is what is
    opened by it.

    Raises:
        InvalidModel: There is no such block.
    """
    key = PYFUNC if flavor.name == "pyfunc" else flavor.name
    found = model.flavors.get(key)
    if found is None:
        listed = ", ".join(name for name in model.flavors if name != RUNSTONE)
        raise InvalidModel(f"the model is none of {flavor.name}: it can be loaded as {listed or 'nothing'}")
    return {**model.flavors.get(PYFUNC, {}), **found}


def _all() -> Iterator[Flavor]:
    for name in names():
        yield named(name)


@cache
def _installed() -> tuple[Any, ...]:
    # Imported on use: reading what is installed is slow.
    return tuple(import_module("importlib.metadata").entry_points(group=ENTRY_POINTS))
