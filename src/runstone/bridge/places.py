"""Where things of a source are in the store that they were brought into."""

import re
from dataclasses import dataclass, field

from runstone.entities import ArtifactPath

_OF_RUN = re.compile(r"runs:/+([^/]+)/(.+)")
_OF_MODEL = re.compile(r"models:/+(m-[0-9a-f]{32})")


@dataclass
class Places:
    """Ids and places of artifacts, from those of the source to those of the store.

    Attributes:
        runs: Id of each run that was brought or was there.
        models: Id of each logged model.
        folders: URI below which the artifacts of each of both are.
    """

    runs: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)

    def of_version(self, source: str) -> str:
        """The place of a version's files, given as the source has it; as it was where it is no run's and no model's."""
        run = _OF_RUN.fullmatch(source)
        if run and run[1] in self.runs:
            return f"runs:/{self.runs[run[1]]}/{run[2]}"
        model = _OF_MODEL.fullmatch(source)
        if model and model[1] in self.models:
            return f"models:/{self.models[model[1]]}"
        end = len(source)
        while end > 0:
            folder = self.folders.get(source[:end])
            if folder is not None:
                return f"{folder}{source[end:]}"
            end = source.rfind("/", 0, end)
        return source


def below(folder: str, source: str) -> ArtifactPath | None:
    """The path of a place below a folder; ``None`` where it is not below it."""
    if source == folder:
        return ArtifactPath()
    return ArtifactPath(source[len(folder) + 1 :]) if source.startswith(f"{folder}/") else None
