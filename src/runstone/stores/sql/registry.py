"""The registry of models on an SQL database."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from runstone.entities import ModelStage, ModelTag, ModelVersion, Page, RegisteredModel
from runstone.stores.sql import logged_models, model_search, model_versions, outbox, registered_models
from runstone.stores.sql.locations import ArtifactRoot
from runstone.stores.sql.outbox import enqueue
from runstone.stores.sql.session import Session


class SqlRegistry:
    """Registered models and their versions beside the experiments; does what ``RegistryStore`` says."""

    _session: Session
    _root: ArtifactRoot

    def create_registered_model(
        self, name: str, *, tags: Sequence[ModelTag] = (), description: str = "", created_at: int | None = None
    ) -> RegisteredModel:
        """Make a registered model without versions."""

        def change(connection: Connection) -> RegisteredModel:
            number = registered_models.create(
                connection, name, tags=tags, description=description, created_at=created_at
            )
            made = model_search.load_models(connection, [number])[0]
            enqueue(
                connection,
                outbox.MODEL_CREATED,
                {"name": made.name, "tags": made.tags, "description": made.description},
            )
            return made

        return self._session.write(change)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """The registered model of this name, with the latest version in each stage."""
        return self._session.read(
            lambda connection: model_search.load_models(connection, [registered_models.find(connection, name)])[0]
        )

    def search_registered_models(
        self,
        *,
        filter_string: str = "",
        max_results: int = 100,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[RegisteredModel]:
        """Registered models that match, by name unless ordered."""
        return self._session.read(
            lambda connection: model_search.search_models(
                connection,
                filter_string=filter_string,
                max_results=max_results,
                order_by=order_by,
                page_token=page_token,
            )
        )

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give another name to a registered model and its versions."""
        return self._model(lambda connection: registered_models.rename(connection, name, new_name))

    def update_registered_model(self, name: str, *, description: str = "") -> RegisteredModel:
        """Replace the description."""
        return self._model(lambda connection: registered_models.update(connection, name, description=description))

    def delete_registered_model(self, name: str) -> None:
        """Remove a registered model with its versions, tags and aliases."""
        self._session.write(lambda connection: registered_models.delete(connection, name))

    def set_registered_model_tag(self, name: str, tag: ModelTag) -> None:
        """Set one tag of a registered model."""
        self._session.write(lambda connection: registered_models.set_tag(connection, name, tag))

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove one tag of a registered model."""
        self._session.write(lambda connection: registered_models.delete_tag(connection, name, key))

    def set_registered_model_alias(self, name: str, alias: str, version: str) -> None:
        """Let an alias stand for a version."""

        def change(connection: Connection) -> None:
            model_versions.set_alias(connection, name, alias, version)
            enqueue(connection, outbox.ALIAS_CREATED, {"name": name, "alias": alias, "version": version})

        self._session.write(change)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias."""

        def change(connection: Connection) -> None:
            registered_models.delete_alias(connection, name, alias)
            enqueue(connection, outbox.ALIAS_DELETED, {"name": name, "alias": alias})

        self._session.write(change)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias stands for."""
        return self._session.read(
            lambda connection: _loaded(connection, model_versions.by_alias(connection, name, alias))
        )

    def get_latest_versions(self, name: str, stages: Sequence[ModelStage] = ()) -> list[ModelVersion]:
        """The highest version in each of these stages, in all if none is named; by version."""

        def query(connection: Connection) -> list[ModelVersion]:
            model = registered_models.find(connection, name)
            return model_search.load_versions(connection, model_versions.latest(connection, [model], stages))

        return self._session.read(query)

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
        """Add a version to a registered model."""

        def change(connection: Connection) -> ModelVersion:
            number = model_versions.create(
                connection,
                name,
                source,
                run_id=run_id,
                tags=tags,
                run_link=run_link,
                description=description,
                model_id=model_id,
                created_at=created_at,
            )
            made = _loaded(connection, number)
            data = {
                "name": made.name,
                "version": made.version,
                "source": made.source,
                "run_id": made.run_id or None,
                "tags": made.tags,
                "description": made.description or None,
            }
            enqueue(connection, outbox.VERSION_CREATED, data)
            return made

        return self._session.write(change)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """One version of a registered model."""
        return self._session.read(
            lambda connection: _loaded(connection, model_versions.find(connection, name, version)[0])
        )

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """URI of the files of a version."""

        def query(connection: Connection) -> str:
            place = model_versions.location(connection, name, version)
            logged = model_versions.LOGGED_MODEL.fullmatch(place)
            return place if logged is None else logged_models.artifact_uri(connection, logged[1], self._root)

        return self._session.read(query)

    def search_model_versions(
        self,
        *,
        filter_string: str = "",
        max_results: int = 10_000,
        order_by: Sequence[str] = (),
        page_token: str = "",
    ) -> Page[ModelVersion]:
        """Versions that match; the one changed last first unless ordered."""
        return self._session.read(
            lambda connection: model_search.search_versions(
                connection,
                filter_string=filter_string,
                max_results=max_results,
                order_by=order_by,
                page_token=page_token,
            )
        )

    def update_model_version(self, name: str, version: str, *, description: str = "") -> ModelVersion:
        """Replace the description of a version."""
        return self._version(
            lambda connection: model_versions.update(connection, name, version, description=description)
        )

    def transition_model_version_stage(
        self, name: str, version: str, stage: ModelStage, *, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to a stage, and every other version that is there to the archive if that is asked for."""
        return self._version(
            lambda connection: model_versions.move(
                connection, name, version, stage, archive_existing_versions=archive_existing_versions
            )
        )

    def delete_model_version(self, name: str, version: str) -> None:
        """Remove a version with its tags and aliases."""
        self._session.write(lambda connection: model_versions.delete(connection, name, version))

    def set_model_version_tag(self, name: str, version: str, tag: ModelTag) -> None:
        """Set one tag of a version."""

        def change(connection: Connection) -> None:
            model_versions.set_tag(connection, name, version, tag)
            data = {"name": name, "version": version, "key": tag.key, "value": tag.value}
            enqueue(connection, outbox.TAG_SET, data)

        self._session.write(change)

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """Remove one tag of a version."""

        def change(connection: Connection) -> None:
            model_versions.delete_tag(connection, name, version, key)
            enqueue(connection, outbox.TAG_DELETED, {"name": name, "version": version, "key": key})

        self._session.write(change)

    def _model(self, change: Callable[[Connection], int]) -> RegisteredModel:
        """Run a change that returns the number of a model; returns the model as it is then."""
        return self._session.write(lambda connection: model_search.load_models(connection, [change(connection)])[0])

    def _version(self, change: Callable[[Connection], int]) -> ModelVersion:
        """Run a change that returns the number of a version; returns the version as it is then."""
        return self._session.write(lambda connection: _loaded(connection, change(connection)))


def _loaded(connection: Connection, number: int) -> ModelVersion:
    return model_search.load_versions(connection, [number])[0]
