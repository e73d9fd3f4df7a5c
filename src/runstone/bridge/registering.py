"""Bringing registered models, with their versions under the same numbers where these are free."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from runstone.bridge.brought import Brought
from runstone.bridge.copies import by_number, in_order, is_copy, named_by, with_first_source
from runstone.bridge.marks import UNFINISHED
from runstone.bridge.places import Places, what_it_is
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.entities import ModelStage, ModelTag, ModelVersion, RegisteredModel
from runstone.entities.names import shown
from runstone.errors import InvalidValue, RegisteredModelNotFound, RunstoneError
from runstone.stores.registry import RegistryStore

# Numbers in a row that no version has, as deleted ones leave them, which are counted through.
_MOST_MISSING = 1000
# With the value "true" on what MLflow 3 keeps as a registered model, and which has texts instead of files.
_IS_PROMPT = "mlflow.prompt.is_prompt"


def models_of(source: Source, brought: Brought) -> Iterator[RegisteredModel]:
    """The registered models of a source; prompts of MLflow are counted and left behind."""
    for model in source.registered_models():
        if model.tags.get(_IS_PROMPT, "").lower() == "true":
            brought.prompts += 1
        else:
            yield model


@dataclass
class _Model:
    """A registered model that is brought.

    Attributes:
        model: As the source has it.
        found: As the store has it.
        versions: Its versions in the source.
        half_done: Those in the store that a former import has not finished, by the numbers that they stand for.
        numbers: Number in the store of each version of the source that is there.
        is_ours: Whether all that the store has are of the source.
    """

    model: RegisteredModel
    found: RegisteredModel
    versions: Sequence[ModelVersion]
    half_done: dict[str, ModelVersion]
    numbers: dict[str, str]
    is_ours: bool


class Registering:
    """The registered models of one import.

    Args:
        source: Where they come from.
        store: Where they go.
        target: The same, as a source.
        places: Where the runs and logged models are that were brought before.
        brought: Is told what happens.
    """

    def __init__(
        self, source: Source, store: RegistryStore, target: StoreSource, places: Places, brought: Brought
    ) -> None:
        self._source = source
        self._store = store
        self._target = target
        self._places = places
        self._brought = brought
        self._models: dict[str, _Model] = {}

    def run(self) -> None:
        """Bring all registered models, copies of versions after what they are copies of."""
        found = []
        for model in models_of(self._source, self._brought):
            try:
                found.append((model, self._registered(model), list(self._source.model_versions(model.name))))
            except RunstoneError as error:
                self._brought.problems.append(f"the registered model {model.name!r} is not whole: {error.message}")
        known = by_number(version for _, _, versions in found for version in versions)
        owned = {model.name: list(self._target.model_versions(model.name)) for model, _, _ in found}
        there = by_number(version for own in owned.values() for version in own)
        for model, registered, versions in found:
            own = owned[model.name]
            half_done = {tag.value: each for each in own for tag in each.tag_list if tag.key == UNFINISHED}
            whole = [each for each in own if UNFINISHED not in each.tags]
            numbers = self._known(
                {each.version: self._what_it_becomes(with_first_source(each, known)) for each in versions},
                {each.version: what_it_is(with_first_source(each, there)) for each in whole},
            )
            is_ours = {each.version for each in whole} <= set(numbers.values())
            self._models[model.name] = _Model(model, registered, versions, half_done, numbers, is_ours)
        for version in in_order({name: each.versions for name, each in self._models.items()}):
            self._bring(version, self._models[version.name])
        for each in self._models.values():
            self._aliases(each)

    def _registered(self, model: RegisteredModel) -> RegisteredModel:
        """A registered model as the store has it; made where it is not there."""
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
        return found

    def _bring(self, version: ModelVersion, model: _Model) -> None:
        what = f"version {version.version} of the registered model {version.name!r}"
        half = model.half_done.get(version.version)
        if version.version in model.numbers and half is None:
            self._brought.already_there += 1
            self._tell_elsewhere(what, version)
            return
        with self._brought.telling(what):
            made = half or self._create(version)
            model.numbers[version.version] = self._version(version, made, may_skip=model.is_ours)
            self._tell_elsewhere(what, version)

    def _known(self, wanted: dict[str, tuple[str, str]], there: dict[str, tuple[str, str]]) -> dict[str, str]:
        """Numbers of versions that are there already: of the same number where one of that is the same, else another.

        Each one that is there stands for one of the source, so that an import which is given again adds none.
        """
        numbers: dict[str, str] = {}
        left = dict(sorted(there.items(), key=lambda each: int(each[0])))
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
                model_id=self._places.model_of(version),
            )
        )

    def _place(self, version: ModelVersion) -> str:
        """Where the files of a version are: those of a copy where those of the other are, by its number there.

        Raises:
            InvalidValue: It is a copy of one that is not there, or not known; another may have its number.
        """
        if not is_copy(version):
            return self._places.of_version(version)
        name, number = named_by(version) or ("", "")
        model = self._models.get(name)
        if model is None or number not in model.numbers:
            raise InvalidValue(f"it is a copy of {shown(version.source)}, which was not brought")
        return f"models:/{name}/{model.numbers[number]}"

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
            self._place(version),
            run_id=self._places.runs.get(version.run_id, version.run_id),
            tags=[*version.tag_list, ModelTag(UNFINISHED, version.version)],
            run_link=version.run_link,
            description=version.description,
            model_id=self._places.model_of(version),
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

    def _aliases(self, each: _Model) -> None:
        model, found, numbers = each.model, each.found, each.numbers
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
