"""A library whose training is watched: whether, how, and what was put in place of its functions."""

import logging
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from runstone.autologging.imports import Arrivals
from runstone.autologging.options import Options
from runstone.autologging.patches import Patches

_logger = logging.getLogger("runstone")
_arrivals = Arrivals()


class Library(Struct, eq=False):
    """A library that can be watched.

    Attributes:
        name: As its users import it; what runs are tagged with.
        packages: The packages that it may be imported as.
        distributions: What it is installed as.
        tested: The first version that is tested, and the first that is no longer.
        patch: Replaces what a module of it defines; called with each one, now and when it is imported.
        choices: What its options are made as.
        options: What the user has chosen; ``None`` while nothing is watched.
        is_chosen: Whether it was chosen by name, which goes before a choice for all libraries.
    """

    name: str
    packages: tuple[str, ...]
    distributions: tuple[str, ...]
    tested: tuple[str, str]
    patch: Callable[["Library", ModuleType, Patches], None]
    choices: type[Options]
    options: Options | None = None
    is_chosen: bool = False
    _patches: Patches = field(default_factory=Patches)
    _welcome: bool | None = None

    def choose(self, **chosen: Any) -> None:
        """Watch it as its user has chosen by name, or no longer, which leaves it to the choice for all again.

        Raises:
            InvalidValue: One of the tags breaks a rule.
        """
        options = self.choices(**chosen)
        self.is_chosen = not options.disable
        self.switch(options)

    def switch_for_all(self, options: Options) -> None:
        """Watch it as was chosen for all libraries, unless it was chosen by name; but no longer where that is said."""
        if options.disable or not self.is_chosen:
            self.is_chosen = False
            self.switch(self.choices(**asdict(options)))

    def switch(self, options: Options) -> None:
        """Watch it from now on, or no longer; what is not imported yet is watched when it is."""
        if options.disable:
            self._leave()
            return
        self.options, self._welcome = options, None
        for package in self.packages:
            _arrivals.expect(package, self._arrived)
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in self.packages and isinstance(module, ModuleType):
                self._arrived(module)

    def _leave(self) -> None:
        self.options = None
        for package in self.packages:
            _arrivals.forget(package)
        self._patches.restore()

    def _arrived(self, module: ModuleType) -> None:
        options = self.options
        if options is None:
            return
        try:
            if self._is_welcome(options):
                self.patch(self, module, self._patches)
        except Exception as error:  # noqa: BLE001  # importing a library never fails because of us
            self._leave()
            if not options.silent:
                _logger.warning("nothing is logged of %s: it could not be watched: %r", self.name, error)

    def _version(self) -> str:
        from importlib import metadata  # on use: it is half as large as all of ours

        for distribution in self.distributions:
            try:
                return metadata.version(distribution)
            except metadata.PackageNotFoundError:
                continue
        return ""

    def _is_welcome(self, options: Options) -> bool:
        """Whether its version is tested, or may be tried; found and told once."""
        if self._welcome is None:
            first, last = map(_numbers, self.tested)
            version = self._version()
            is_tested = not version or first <= _numbers(version) < last
            self._welcome = is_tested or not options.disable_for_unsupported_versions
            if not is_tested and not options.silent:
                _logger.warning(
                    "autologging is tested with %s from %s up to, not including, %s; here is %s: %s",
                    self.name,
                    *self.tested,
                    version,
                    "it is tried" if self._welcome else "nothing is logged of it",
                )
        return self._welcome


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers at the beginning of a version, for comparisons."""
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)
