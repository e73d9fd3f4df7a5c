"""The registry of models behind a server's address."""

from collections.abc import Sequence

from runstone.entities import ModelStage, ModelTag, ModelVersion, Page, RegisteredModel
from runstone.schemas import model_versions, registered_models
from runstone.stores.rest.calls import Calls


class RestRegistry(Calls):
    """Registered models and their versions that a server keeps; does what ``RegistryStore`` says."""

    def create_registered_model(
        self, name: str, *, tags: Sequence[ModelTag] = (), description: str = "", created_at: int | None = None
    ) -> RegisteredModel:
        """Make a registered model without versions."""
        request = registered_models.CreateRegisteredModel(
            name, list(tags) or None, description or None, creation_timestamp=created_at
        )
        return self._call(registered_models.CREATE, request).registered_model

    def get_registered_model(self, name: str) -> RegisteredModel:
        """The registered model of this name, with the latest version in each stage."""
        request = registered_models.RegisteredModelName(name)
        return self._call(registered_models.GET, request).registered_model

    def search_registered_models(
        self,
        *,
        filter_string: str = "",
        max_results: int = 100,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[RegisteredModel]:
        """Registered models that match, by name unless ordered."""
        request = registered_models.SearchRegisteredModels(
            filter_string or None, max_results, list(order_by), page_token or None
        )
        answer = self._call(registered_models.SEARCH, request)
        return Page(answer.registered_models, answer.next_page_token)

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give another name to a registered model and its versions."""
        request = registered_models.RenameRegisteredModel(name, new_name)
        return self._call(registered_models.RENAME, request).registered_model

    def update_registered_model(self, name: str, *, description: str = "") -> RegisteredModel:
        """Replace the description."""
        request = registered_models.UpdateRegisteredModel(name, description)
        return self._call(registered_models.UPDATE, request).registered_model

    def delete_registered_model(self, name: str) -> None:
        """Remove a registered model with its versions, tags and aliases."""
        self._call(registered_models.DELETE, registered_models.RegisteredModelName(name))

    def set_registered_model_tag(self, name: str, tag: ModelTag) -> None:
        """Set one tag of a registered model."""
        request = registered_models.SetRegisteredModelTag(name, tag.key, tag.value)
        self._call(registered_models.SET_TAG, request)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove one tag of a registered model."""
        self._call(registered_models.DELETE_TAG, registered_models.DeleteRegisteredModelTag(name, key))

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Let an alias stand for a version."""
        self._call(registered_models.SET_ALIAS, registered_models.SetRegisteredModelAlias(name, alias, version))

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias."""
        self._call(registered_models.DELETE_ALIAS, registered_models.RegisteredModelAlias(name, alias))

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias stands for."""
        request = registered_models.RegisteredModelAlias(name, alias)
        return self._call(registered_models.GET_BY_ALIAS, request).model_version

    def get_latest_versions(self, name: str, stages: Sequence[ModelStage] = ()) -> list[ModelVersion]:
        """The highest version in each of these stages, in all if none is named; by version."""
        request = registered_models.GetLatestVersions(name, [stage.value for stage in stages])
        return self._call(registered_models.GET_LATEST_VERSIONS, request).model_versions

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
        """Add a version to a registered model.

        A server takes no folder of its own as a source, nor files that its clients reach through it, unless they are
        those of the run ``run_id``; that raises ``InvalidValue``.
        """
        request = model_versions.CreateModelVersion(
            name,
            source,
            run_id or None,
            list(tags) or None,
            run_link or None,
            description or None,
            model_id or None,
            created_at,
        )
        return self._call(model_versions.CREATE, request).model_version

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """One version of a registered model."""
        return self._call(model_versions.GET, model_versions.ModelVersionNumber(name, version)).model_version

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """URI of the files of a version."""
        request = model_versions.ModelVersionNumber(name, version)
        return self._call(model_versions.GET_DOWNLOAD_URI, request).artifact_uri

    def search_model_versions(
        self,
        *,
        filter_string: str = "",
        max_results: int = 10_000,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[ModelVersion]:
        """Versions that match; the one changed last first unless ordered."""
        request = model_versions.SearchModelVersions(
            filter_string or None, max_results, list(order_by), page_token or None
        )
        answer = self._call(model_versions.SEARCH, request)
        return Page(answer.model_versions, answer.next_page_token)

    def update_model_version(self, name: str, version: str, *, description: str = "") -> ModelVersion:
        """Replace the description of a version."""
        request = model_versions.UpdateModelVersion(name, version, description)
        return self._call(model_versions.UPDATE, request).model_version

    def transition_model_version_stage(
        self, name: str, version: str, stage: ModelStage, *, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to a stage, and every other version that is there to the archive if that is asked for."""
        request = model_versions.TransitionModelVersionStage(name, version, stage.value, archive_existing_versions)
        return self._call(model_versions.TRANSITION_STAGE, request).model_version

    def delete_model_version(self, name: str, version: str) -> None:
        """Remove a version with its tags and aliases."""
        self._call(model_versions.DELETE, model_versions.ModelVersionNumber(name, version))

    def set_model_version_tag(self, name: str, version: str, tag: ModelTag) -> None:
        """Set one tag of a version."""
        self._call(model_versions.SET_TAG, model_versions.SetModelVersionTag(name, version, tag.key, tag.value))

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """Remove one tag of a version."""
        self._call(model_versions.DELETE_TAG, model_versions.DeleteModelVersionTag(name, version, key))
