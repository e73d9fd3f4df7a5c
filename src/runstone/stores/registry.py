"""What every registry of models does. The cases of ``runstone.testing.registry`` are this contract in tests."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from runstone.entities import ModelStage, ModelTag, ModelVersion, Page, RegisteredModel

MAX_MODELS_PAGE = 1000
MAX_VERSIONS_PAGE = 200_000


@runtime_checkable
class RegistryStore(Protocol):
    """Registered models and their versions, kept somewhere.

    Each verb is one transaction: all of it happened, or none. All verbs may be called from any thread. A name that no
    model has raises ``RegisteredModelNotFound``; a version that is not there, or of a model that is not there,
    ``ModelVersionNotFound``, and one that is no whole number ``InvalidValue``. ``order_by`` items and filters are text
    of ``runstone.search``; a bad one raises ``InvalidFilter``, a foreign page token ``InvalidPageToken``, a page size
    out of range ``InvalidValue``. What lacks a tag does not match a comparison with it, but for one: without the tag
    ``mlflow.prompt.is_prompt`` a model is no prompt, so that ``!=`` with any text matches, as MLflow has it. Tags and
    aliases change no time; what else changes a version or adds or removes one, but for its description, sets
    ``last_updated_timestamp`` of the model as well.
    """

    def create_registered_model(
        self, name: str, *, tags: Sequence[ModelTag] = (), description: str = "", created_at: int | None = None
    ) -> RegisteredModel:
        """Make a registered model without versions. The name is put into canonical form.

        ``created_at`` is milliseconds since the Unix epoch, UTC; now if ``None``. A genuine MLflow server chooses its
        own time.

        Raises:
            InvalidValue: The name breaks a rule of ``model_name``, the description is over 100,000 characters, or the
                time is not from 0 up to the end of the year 9999.
            RegisteredModelExists: A registered model has this name.
        """
        ...

    def get_registered_model(self, name: str) -> RegisteredModel:
        """The registered model of this name, with the latest version in each stage."""
        ...

    def search_registered_models(
        self,
        *,
        filter_string: str = "",
        max_results: int = 100,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[RegisteredModel]:
        """Registered models that match, by name unless ordered; a page has 1 to 1000."""
        ...

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give another name to a registered model and its versions.

        Raises:
            InvalidValue: The new name breaks a rule of ``model_name``.
            RegisteredModelExists: Another registered model has it.
        """
        ...

    def update_registered_model(self, name: str, *, description: str = "") -> RegisteredModel:
        """Replace the description."""
        ...

    def delete_registered_model(self, name: str) -> None:
        """Remove a registered model with its versions, tags and aliases. No files are removed."""
        ...

    def set_registered_model_tag(self, name: str, tag: ModelTag) -> None:
        """Set one tag of a registered model."""
        ...

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove one tag of a registered model. A tag that is not there is removed already, as MLflow has it."""
        ...

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Let an alias stand for a version; it stands for that one alone from then on.

        Raises:
            InvalidValue: The alias breaks a rule of ``check_alias``.
        """
        ...

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias. One that is not there is removed already, as MLflow has it."""
        ...

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias stands for.

        Raises:
            ModelAliasNotFound: The model has no such alias.
        """
        ...

    def get_latest_versions(self, name: str, stages: Sequence[ModelStage] = ()) -> list[ModelVersion]:
        """The highest version in each of these stages, in all if none is named; by version."""
        ...

    def create_model_version(
        self,
        name: str,
        source: str,
        *,
        run_id: str = "",
        tags: Sequence[ModelTag] = (),
        run_link: str = "",
        description: str = "",
        model_id: str = "",
        created_at: int | None = None,
    ) -> ModelVersion:
        """Add a version to a registered model; its number is one above the highest that was ever given.

        A source ``models:/NAME/VERSION``, ``models:/NAME/STAGE``, ``models:/NAME/latest`` or ``models:/NAME@ALIAS``
        is another version: what is kept is ``models:/NAME/VERSION``, and the files are where that version's are.
        ``created_at`` is as of ``create_registered_model``; the model changes now.

        Raises:
            InvalidValue: The source is empty, a text is too long, or the time is none.
            LoggedModelNotFound: There is no logged model ``model_id``.
            ModelAliasNotFound: The source names an alias that is not there.
            ModelVersionNotFound: The source names a version that is not there.
        """
        ...

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """One version of a registered model."""
        ...

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """URI of the files of a version."""
        ...

    def search_model_versions(
        self,
        *,
        filter_string: str = "",
        max_results: int = 10_000,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[ModelVersion]:
        """Versions that match; the one changed last first, then by name, then the highest first, unless ordered.

        A page has 1 to 200,000.
        """
        ...

    def update_model_version(self, name: str, version: str, *, description: str = "") -> ModelVersion:
        """Replace the description of a version."""
        ...

    def transition_model_version_stage(
        self, name: str, version: str, stage: ModelStage, *, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to a stage, and every other version that is there to the archive if that is asked for.

        Raises:
            InvalidValue: Others are to be archived, and the stage is neither ``Staging`` nor ``Production``.
        """
        ...

    def delete_model_version(self, name: str, version: str) -> None:
        """Remove a version with its tags and aliases. No files are removed."""
        ...

    def set_model_version_tag(self, name: str, version: str, tag: ModelTag) -> None:
        """Set one tag of a version."""
        ...

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """Remove one tag of a version. A tag that is not there is removed already, as MLflow has it."""
        ...
