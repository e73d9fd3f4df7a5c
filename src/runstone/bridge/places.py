"""Where things of a source are in the store that they were brought into."""

import re
from dataclasses import dataclass, field

from runstone.entities import ModelVersion

_OF_RUN = re.compile(r"runs:/+([^/]+)/(.+)")
_OF_MODEL = re.compile(r"models:/+(m-[0-9a-f]{32})")
# The end of the place of files, wherever the folder was, and whoever served it, when that was written down.
_ARTIFACTS = re.compile(r"/((?:m-)?[0-9a-f]{32})/artifacts(/.+)?$")
# A place on a disk of the machine that wrote it down, or on its server.
_OWN = re.compile(r"(file|mlflow-artifacts):|(?![A-Za-z][A-Za-z0-9+.\-]+:)")


@dataclass
class Places:
    """Ids and places of artifacts, from those of the source to those of the store.

    Attributes:
        runs: Id of each run that was brought or was there.
        models: Id of each logged model.
        folders: URI below which the artifacts of each of both are.
        homes: Id of each of both, with what a version names their artifacts by, wherever the store is then.
        model_folders: URI in the source of the artifacts of each logged model, with its id there.
    """

    runs: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    model_folders: dict[str, str] = field(default_factory=dict)

    def add_run(self, source_id: str, source_uri: str, run_id: str, uri: str) -> None:
        """Note a run with its artifacts, in the source and in the store."""
        self.runs[source_id] = run_id
        self.homes[source_id] = f"runs:/{run_id}"
        self.folders[source_uri] = uri

    def add_model(self, source_id: str, source_uri: str, model_id: str, uri: str) -> None:
        """Note a logged model with its artifacts, in the source and in the store."""
        self.models[source_id] = model_id
        self.homes[source_id] = f"models:/{model_id}"
        self.model_folders[source_uri] = source_id
        self.folders[source_uri] = uri

    def of_version(self, version: ModelVersion) -> str:
        """The place of a version's files, given as the source has it; as it was where it is no run's and no model's."""
        source = version.source
        run = _OF_RUN.fullmatch(source)
        if run and run[1] in self.runs:
            return f"runs:/{self.runs[run[1]]}/{run[2]}"
        model = _OF_MODEL.fullmatch(source)
        if model and model[1] in self.models:
            return f"models:/{self.models[model[1]]}"
        if source in self.folders and version.model_id in self.homes and version.model_id in source:
            return self.homes[version.model_id]
        if of_folder := self._model_of_folder(source):
            return self.homes[of_folder]
        return self._below_a_folder(source) or self._by_id(version) or source

    def model_of(self, version: ModelVersion) -> str:
        """The id in the store of the logged model that a version is; empty where it is none.

        MLflow's copy of a version of a logged model names no model, only the folder of its files.
        """
        named = _OF_MODEL.fullmatch(version.source)
        source_id = version.model_id or (named[1] if named else self._model_of_folder(version.source))
        return self.models.get(source_id, "")

    def is_elsewhere(self, place: str) -> bool:
        """Whether the files at a place of a version were not brought, and others may not reach them there."""
        return bool(_OWN.match(place)) and not any(f"{place}/".startswith(f"{each}/") for each in self.folders.values())

    def _below_a_folder(self, source: str) -> str | None:
        end = len(source)
        while end > 0:
            folder = self.folders.get(source[:end])
            if folder is not None:
                return f"{folder}{source[end:]}"
            end = source.rfind("/", 0, end)
        return None

    def _model_of_folder(self, source: str) -> str:
        """The logged model, by its id in the source, whose files are the folder at a place; empty where it is none's.

        A folder of this machine or of a server is known by its name too, since it may have been moved.
        """
        if source in self.model_folders:
            return self.model_folders[source]
        found = _ARTIFACTS.search(source) if _OWN.match(source) else None
        return found[1] if found and not found[2] and found[1] in self.models else ""

    def _by_id(self, version: ModelVersion) -> str | None:
        """The place that an address stands for which is another one by now, as that of a folder which was moved."""
        if not _OWN.match(version.source):
            return None
        if version.model_id in self.homes:
            return self.homes[version.model_id]
        found = _ARTIFACTS.search(version.source)
        if found is None or found[1] not in self.homes:
            return None
        return f"{self.homes[found[1]]}{found[2]}" if found[2] else None


def what_it_is(version: ModelVersion) -> tuple[str, str]:
    """The logged model that a version is, or its run and path, or else its address and run.

    The same for versions of the same files, whatever address of a moved folder or of another server they have.
    """
    if version.model_id:
        return version.model_id, ""
    if model := _OF_MODEL.fullmatch(version.source):
        return model[1], ""
    if run := _OF_RUN.fullmatch(version.source):
        return run[1], f"/{run[2]}"
    found = _ARTIFACTS.search(version.source) if _OWN.match(version.source) else None
    return (found[1], found[2] or "") if found else (version.source, version.run_id)
