"""Cases of the registry's contract: versions of registered models."""

from collections.abc import Callable

import pytest

from runstone.entities import ModelStage, ModelTag
from runstone.errors import (
    InvalidFilter,
    InvalidPageToken,
    InvalidValue,
    ModelAliasNotFound,
    ModelVersionNotFound,
    RegisteredModelNotFound,
)
from runstone.stores.registry import RegistryStore
from runstone.testing.run_cases import long_text

SOURCE = "s3://bucket/model"


def versions(store: RegistryStore, count: int, name: str = "churn") -> None:
    """Make a registered model with some versions."""
    store.create_registered_model(name)
    for number in range(1, count + 1):
        store.create_model_version(name, f"s3://bucket/{number}")


class ModelVersionCases:
    """What the verbs of versions do."""

    def test_version_is_given_back_as_it_was_made(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")

        made = store.create_model_version(
            "churn",
            SOURCE,
            run_id="a" * 32,
            tags=[ModelTag("z", "1"), ModelTag("b", "2")],
            run_link="https://runs.example/1",
            description="first",
        )

        assert store.get_model_version("churn", "1") == made
        assert (made.name, made.version, made.source, made.run_id) == ("churn", "1", SOURCE, "a" * 32)
        assert (made.run_link, made.description) == ("https://runs.example/1", "first")
        assert (made.current_stage, made.status, made.aliases) == (ModelStage.NONE, "READY", [])
        assert made.tags == {"b": "2", "z": "1"}
        assert made.creation_timestamp == made.last_updated_timestamp > 0

    def test_version_is_as_old_as_it_is_said_to_be_and_changes_its_model_now(self, store: RegistryStore) -> None:
        store.create_registered_model("churn", created_at=4)

        made = store.create_model_version("churn", SOURCE, created_at=5)

        assert store.get_model_version("churn", "1") == made
        assert (made.creation_timestamp, made.last_updated_timestamp) == (5, 5)
        model = store.get_registered_model("churn")
        assert model.creation_timestamp == 4
        assert model.last_updated_timestamp > 5

    @pytest.mark.parametrize("moment", [-1, 253402300800000])
    def test_version_is_made_at_a_time_of_this_age(self, store: RegistryStore, moment: int) -> None:
        store.create_registered_model("churn")

        with pytest.raises(InvalidValue, match="between 0 and"):
            store.create_model_version("churn", SOURCE, created_at=moment)

        assert list(store.search_model_versions()) == []

    def test_versions_count_up_and_no_number_comes_twice(self, store: RegistryStore) -> None:
        versions(store, 3)

        store.delete_model_version("churn", "3")

        assert store.create_model_version("churn", SOURCE).version == "4"
        assert store.get_model_version("churn", "04").version == "4"

    def test_new_version_is_the_latest_of_its_model(self, store: RegistryStore) -> None:
        versions(store, 2)

        [latest] = store.get_registered_model("churn").latest_versions

        assert latest == store.get_model_version("churn", "2")

    def test_source_is_needed_and_has_a_largest_length(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")

        for source in ("", f"s3://bucket/{'x' * 8000}"):
            with pytest.raises(InvalidValue):
                store.create_model_version("churn", source)
        assert store.get_registered_model("churn").latest_versions == []

    @pytest.mark.parametrize("size", [1500, 7900])
    def test_long_source_is_kept_and_found(self, store: RegistryStore, size: int) -> None:
        source = f"s3://bucket/{long_text(size)}"
        versions(store, 1)

        made = store.create_model_version("churn", source, run_id=long_text(500))

        assert store.get_model_version("churn", "2") == made
        assert made.source == source
        if size < 2000:  # a longer one fits into no address that asks for it
            assert store.search_model_versions(filter_string=f"source_path = '{source}'") == [made]

    def test_run_of_a_version_has_a_largest_length(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")

        for much in (501, 3000):
            with pytest.raises(InvalidValue, match="at most 500 characters"):
                store.create_model_version("churn", SOURCE, run_id=long_text(much))

    @pytest.mark.parametrize(
        ("source", "kept", "location"),
        [
            ("models:/other/1", "models:/other/1", "s3://bucket/1"),
            ("models:/other/Production", "models:/other/2", "s3://bucket/2"),
            ("models:/other/none", "models:/other/3", "s3://bucket/3"),
            ("models:/other/latest", "models:/other/3", "s3://bucket/3"),
            ("models:/other@champion", "models:/other/1", "s3://bucket/1"),
        ],
    )
    def test_source_may_be_another_version(self, store: RegistryStore, source: str, kept: str, location: str) -> None:
        versions(store, 3, "other")
        store.transition_model_version_stage("other", "2", ModelStage.PRODUCTION)
        store.set_registered_model_alias("other", "champion", "1")
        store.create_registered_model("churn")

        made = store.create_model_version("churn", source)

        assert made.source == kept
        assert store.get_model_version_download_uri("churn", made.version) == location

    def test_source_that_is_no_version_is_not_found(self, store: RegistryStore) -> None:
        versions(store, 1)

        for source, error in [
            ("models:/churn/9", ModelVersionNotFound),
            ("models:/churn/Staging", ModelVersionNotFound),
            ("models:/nobody/latest", RegisteredModelNotFound),
            ("models:/churn@champion", ModelAliasNotFound),
            ("models:/churn/newest", InvalidValue),
            ("models:/m-0123", InvalidValue),
        ]:
            with pytest.raises(error):
                store.create_model_version("churn", source)

    @pytest.mark.parametrize(
        ("name", "version", "error"),
        [
            ("churn", "9", ModelVersionNotFound),
            ("churn", "-1", ModelVersionNotFound),
            ("churn", "9" * 30, ModelVersionNotFound),
            ("nobody", "1", ModelVersionNotFound),
            ("churn", "one", InvalidValue),
            ("churn", "1.0", InvalidValue),
        ],
    )
    def test_version_that_is_not_there_is_refused(
        self, store: RegistryStore, name: str, version: str, error: type[Exception]
    ) -> None:
        versions(store, 1)
        calls: list[Callable[[], object]] = [
            lambda: store.get_model_version(name, version),
            lambda: store.get_model_version_download_uri(name, version),
            lambda: store.update_model_version(name, version, description="d"),
            lambda: store.transition_model_version_stage(name, version, ModelStage.STAGING),
            lambda: store.delete_model_version(name, version),
            lambda: store.set_model_version_tag(name, version, ModelTag("a", "b")),
            lambda: store.delete_model_version_tag(name, version, "a"),
        ]

        for call in calls:
            with pytest.raises(error):
                call()

    def test_description_of_a_version_is_replaced(self, store: RegistryStore) -> None:
        versions(store, 1)

        assert store.update_model_version("churn", "1", description="new").description == "new"
        assert store.update_model_version("churn", "1").description == ""

    def test_tags_of_a_version_are_set_and_removed(self, store: RegistryStore) -> None:
        versions(store, 2)

        store.set_model_version_tag("churn", "1", ModelTag("a", "1"))
        store.set_model_version_tag("churn", "1", ModelTag("a", "2"))
        store.set_model_version_tag("churn", "1", ModelTag("b", "3"))
        store.delete_model_version_tag("churn", "1", "b")
        store.delete_model_version_tag("churn", "1", "never there")

        assert store.get_model_version("churn", "1").tags == {"a": "2"}
        assert store.get_model_version("churn", "2").tags == {}

    def test_version_moves_to_a_stage(self, store: RegistryStore) -> None:
        versions(store, 2)

        store.transition_model_version_stage("churn", "1", ModelStage.PRODUCTION)
        moved = store.transition_model_version_stage("churn", "2", ModelStage.PRODUCTION)

        assert moved.current_stage is ModelStage.PRODUCTION
        assert store.get_model_version("churn", "1").current_stage is ModelStage.PRODUCTION

    def test_others_give_way_if_that_is_asked_for(self, store: RegistryStore) -> None:
        versions(store, 3)
        store.transition_model_version_stage("churn", "1", ModelStage.PRODUCTION)
        store.transition_model_version_stage("churn", "2", ModelStage.STAGING)

        store.transition_model_version_stage("churn", "3", ModelStage.PRODUCTION, archive_existing_versions=True)

        stages = [store.get_model_version("churn", str(number)).current_stage for number in (1, 2, 3)]
        assert stages == [ModelStage.ARCHIVED, ModelStage.STAGING, ModelStage.PRODUCTION]

    @pytest.mark.parametrize("stage", [ModelStage.NONE, ModelStage.ARCHIVED])
    def test_nothing_gives_way_to_a_version_that_is_not_in_use(self, store: RegistryStore, stage: ModelStage) -> None:
        versions(store, 1)

        with pytest.raises(InvalidValue):
            store.transition_model_version_stage("churn", "1", stage, archive_existing_versions=True)

    def test_latest_versions_are_the_highest_in_each_stage(self, store: RegistryStore) -> None:
        versions(store, 5)
        for version, stage in [("1", ModelStage.STAGING), ("2", ModelStage.STAGING), ("3", ModelStage.ARCHIVED)]:
            store.transition_model_version_stage("churn", version, stage)

        def numbers(*stages: ModelStage) -> list[str]:
            return [version.version for version in store.get_latest_versions("churn", stages)]

        assert numbers() == ["2", "3", "5"]
        assert numbers(ModelStage.STAGING) == ["2"]
        assert numbers(ModelStage.NONE, ModelStage.STAGING) == ["2", "5"]
        assert numbers(ModelStage.PRODUCTION) == []
        assert [version.version for version in store.get_registered_model("churn").latest_versions] == ["2", "3", "5"]

    def test_changes_of_versions_show_in_the_time_of_the_model(self, store: RegistryStore) -> None:
        versions(store, 1)

        moved = store.transition_model_version_stage("churn", "1", ModelStage.STAGING)

        assert store.get_registered_model("churn").last_updated_timestamp == moved.last_updated_timestamp

    @pytest.mark.parametrize(
        ("filter_string", "found"),
        [
            ("", {"churn 1", "churn 2", "other 1"}),
            ("name = 'churn'", {"churn 1", "churn 2"}),
            ("name != 'churn'", {"other 1"}),
            ("name LIKE 'c%'", {"churn 1", "churn 2"}),
            ("name ILIKE 'C%'", {"churn 1", "churn 2"}),
            ("run_id = 'abc'", {"other 1"}),
            ("run_id IN ('abc', 'def')", {"other 1"}),
            ("model_id IS NULL", {"churn 1", "churn 2", "other 1"}),
            ("model_id != 'm-1'", set()),
            ("source_path = 's3://bucket/2'", {"churn 2"}),
            ("source_path LIKE 's3://%'", {"churn 1", "churn 2"}),
            ("tags.a = 'b'", {"other 1"}),
            ("version_number = 2", {"churn 2"}),
            ("version_number = '2'", {"churn 2"}),
            ("version_number > 1 AND name = 'churn'", {"churn 2"}),
            ("version_number IN (1, 7)", {"churn 1", "other 1"}),
            ("current_stage = 'Staging'", {"churn 1"}),
            ("NOT stage = 'Staging' AND creation_timestamp > 0", {"churn 2", "other 1"}),
        ],
    )
    def test_filter_finds_versions(self, store: RegistryStore, filter_string: str, found: set[str]) -> None:
        versions(store, 2)
        store.transition_model_version_stage("churn", "1", ModelStage.STAGING)
        store.create_registered_model("other")
        store.create_model_version("other", "gs://bucket/x", run_id="abc", tags=[ModelTag("a", "b")])

        page = store.search_model_versions(filter_string=filter_string)

        assert {f"{version.name} {version.version}" for version in page} == found
        assert page == [store.get_model_version(version.name, version.version) for version in page]

    def test_versions_come_in_the_order_asked_for(self, store: RegistryStore) -> None:
        versions(store, 2, "b")
        versions(store, 1, "a")

        def found(*order_by: str) -> list[str]:
            return [f"{each.name}{each.version}" for each in store.search_model_versions(order_by=order_by)]

        assert found("name") == ["a1", "b2", "b1"]
        assert found("name DESC", "version_number ASC") == ["b1", "b2", "a1"]
        assert found("version_number DESC") == ["b2", "a1", "b1"]
        assert found() == found("last_updated_timestamp DESC")

    def test_pages_hold_each_version_once(self, store: RegistryStore) -> None:
        versions(store, 5)

        seen: list[str] = []
        token = ""
        while True:
            page = store.search_model_versions(max_results=2, page_token=token)
            seen += [version.version for version in page]
            token = page.token or ""
            if not token:
                break

        assert sorted(seen) == ["1", "2", "3", "4", "5"]

    @pytest.mark.parametrize("max_results", [0, -1, 200_001])
    def test_page_of_versions_has_its_size(self, store: RegistryStore, max_results: int) -> None:
        with pytest.raises(InvalidValue):
            store.search_model_versions(max_results=max_results)

    def test_bad_search_for_versions_is_refused(self, store: RegistryStore) -> None:
        for text in ("nobody = 'x'", "version_number LIKE '1'", "version_number = 'one'", "params.a = 'b'"):
            with pytest.raises(InvalidFilter):
                store.search_model_versions(filter_string=text)
        with pytest.raises(InvalidPageToken):
            store.search_model_versions(page_token="foreign")
