"""Bringing registered models, with their versions under the same numbers where these are free."""

from collections.abc import Sequence

from msgspec.structs import replace

from runstone.bridge.brought import Brought
from runstone.bridge.marks import UNFINISHED
from runstone.bridge.places import Places, what_it_is
from runstone.bridge.source import Source
from runstone.entities import ModelStage, ModelTag, ModelVersion, RegisteredModel
from runstone.entities.page import all_pages
from runstone.errors import RegisteredModelNotFound, RunstoneError
from runstone.stores.registry import RegistryStore

# Numbers in a row that no version has, as deleted ones leave them, which are counted through.
_MOST_MISSING = 1000
_VERSIONS = 10_000


class Registering:
    """The registered models of one import.

    Args:
        source: Where they come from.
        store: Where they go.
        places: Where the runs and logged models are that were brought before.
        brought: Is told what happens.
    """

    def __init__(self, source: Source, store: RegistryStore, places: Places, brought: Brought) -> None:
        self._source = source
        self._store = store
        self._places = places
        self._brought = brought

    def run(self) -> None:
        """Bring all registered models."""
        there: dict[str, list[ModelVersion]] = {}
        search = self._store.search_model_versions
        for version in all_pages(lambda size, token: search(max_results=size, page_token=token), at_once=_VERSIONS):
            there.setdefault(version.name, []).append(version)
        for model in self._source.registered_models():
            try:
                self._model(model, there.get(model.name, []))
            except RunstoneError as error:
                self._brought.problems.append(f"the registered model {model.name!r} is not whole: {error.message}")

    def _model(self, model: RegisteredModel, there: list[ModelVersion]) -> None:
        try:
            found = self._store.get_registered_model(model.name)
        except RegisteredModelNotFound:
            found = self._store.create_registered_model(
                model.name,
                tags=model.tag_list,
                description=model.description,
                created_at=model.creation_timestamp,
            )
            self._brought.registered_models += 1
        for tag in model.tag_list:
            if tag.key not in found.tags:
                self._store.set_registered_model_tag(model.name, tag)
        half_done = {tag.value: each for each in there for tag in each.tag_list if tag.key == UNFINISHED}
        there = [each for each in there if UNFINISHED not in each.tags]
        versions = list(self._source.model_versions(model.name))
        numbers = self._known(versions, there)
        for version in versions:
            what = f"version {version.version} of the registered model {version.name!r}"
            half = half_done.get(version.version)
            if version.version in numbers and half is None:
                self._brought.already_there += 1
                self._tell_elsewhere(what, version)
                continue
            is_ours = {each.version for each in there} <= set(numbers.values())
            with self._brought.telling(what):
                made = half or self._create(version)
                numbers[version.version] = self._version(version, made, may_skip=is_ours)
                self._tell_elsewhere(what, version)
        self._aliases(model, found, numbers)

    def _known(self, versions: Sequence[ModelVersion], there: Sequence[ModelVersion]) -> dict[str, str]:
        """Numbers of versions that are there already: of the same number where one of that is the same, else another.

        Each one that is there stands for one of the source, so that an import which is given again adds none.
        """
        numbers: dict[str, str] = {}
        left = {each.version: what_it_is(each) for each in sorted(there, key=lambda each: int(each.version))}
        wanted = {each.version: self._what_it_becomes(each) for each in versions}
        for number, thing in wanted.items():
            if left.get(number) == thing:
                numbers[number] = number
                del left[number]
        for number, thing in wanted.items():
            free = next((each for each, other in left.items() if other == thing and number not in numbers), None)
            if free is not None:
                numbers[number] = free
                del left[free]
        return numbers

    def _what_it_becomes(self, version: ModelVersion) -> tuple[str, str]:
        """What a version of the source is in the store."""
        return what_it_is(
            replace(
                version,
                source=self._places.of_version(version),
                run_id=self._places.runs.get(version.run_id, version.run_id),
                model_id=self._places.models.get(version.model_id, ""),
            )
        )

    def _tell_elsewhere(self, what: str, version: ModelVersion) -> None:
        place = self._places.of_version(version)
        if self._places.is_elsewhere(place):
            self._brought.problems.append(
                f"the files of the {what} are those of no run and no logged model that was brought, and stay at {place}"
            )

    def _create(self, version: ModelVersion) -> ModelVersion:
        """Add a version, whatever number it gets; a mark says which one it stands for until it is whole."""
        return self._store.create_model_version(
            version.name,
            self._places.of_version(version),
            run_id=self._places.runs.get(version.run_id, version.run_id),
            tags=[*version.tag_list, ModelTag(UNFINISHED, version.version)],
            run_link=version.run_link,
            description=version.description,
            model_id=self._places.models.get(version.model_id, ""),
            created_at=version.creation_timestamp,
        )

    def _version(self, version: ModelVersion, made: ModelVersion, *, may_skip: bool) -> str:
        """Make a version that was added whole; returns its number."""
        for _ in range(_MOST_MISSING):
            if int(made.version) >= int(version.version) or not may_skip:
                break
            # A number that the source has none for, as a deleted version leaves it.
            self._store.delete_model_version(version.name, made.version)
            made = self._create(version)
        if made.version != version.version:
            self._brought.problems.append(
                f"the version {version.version} of the registered model {version.name!r} is version {made.version} now"
            )
        if version.current_stage is not ModelStage.NONE:
            self._store.transition_model_version_stage(version.name, made.version, version.current_stage)
        self._store.delete_model_version_tag(version.name, made.version, UNFINISHED)
        self._brought.model_versions += 1
        return made.version

    def _aliases(self, model: RegisteredModel, found: RegisteredModel, numbers: dict[str, str]) -> None:
        for alias, version in sorted(model.aliases.items()):
            wanted = numbers.get(version)
            if wanted is None or found.aliases.get(alias) == wanted:
                continue
            if alias in found.aliases:
                self._brought.problems.append(
                    f"the alias {alias!r} of the registered model {model.name!r} goes on to stand for version "
                    f"{found.aliases[alias]}, not for {wanted}"
                )
                continue
            with self._brought.telling(f"alias {alias!r} of the registered model {model.name!r}"):
                self._store.set_registered_model_alias(model.name, alias, wanted)
