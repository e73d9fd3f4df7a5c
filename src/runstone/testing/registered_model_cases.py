"""Cases of the registry's contract: registered models, their tags and aliases."""

from collections.abc import Callable

import pytest

from runstone.entities import ModelAlias, ModelTag
from runstone.entities.names import MAX_MODEL_NAME
from runstone.errors import (
    InvalidFilter,
    InvalidPageToken,
    InvalidValue,
    ModelAliasNotFound,
    ModelVersionNotFound,
    RegisteredModelExists,
    RegisteredModelNotFound,
)
from runstone.stores.registry import RegistryStore

BAD_MODEL_NAMES = ["", "   ", "a/b", "a:b", ".", "..", "a\nb", "a\ud800", "x" * (MAX_MODEL_NAME + 1)]
BAD_ALIASES = ["", "latest", "Latest", "v2", "V17", "a b", "a.b", "a/b", "x" * 256]


class RegisteredModelCases:
    """What the verbs of registered models do."""

    def test_registered_model_is_given_back_as_it_was_made(self, store: RegistryStore) -> None:
        made = store.create_registered_model("churn", tags=[ModelTag("z", "1"), ModelTag("b", "2")], description="why")

        assert store.get_registered_model("churn") == made
        assert (made.name, made.description) == ("churn", "why")
        assert made.tags == {"b": "2", "z": "1"}
        assert made.creation_timestamp == made.last_updated_timestamp > 0
        assert made.latest_versions == []
        assert made.aliases == {}

    def test_registered_model_is_as_old_as_it_is_said_to_be(self, store: RegistryStore) -> None:
        made = store.create_registered_model("churn", created_at=5)

        assert store.get_registered_model("churn") == made
        assert (made.creation_timestamp, made.last_updated_timestamp) == (5, 5)

    @pytest.mark.parametrize("moment", [-1, 253402300800000])
    def test_registered_model_is_made_at_a_time_of_this_age(self, store: RegistryStore, moment: int) -> None:
        with pytest.raises(InvalidValue, match="between 0 and"):
            store.create_registered_model("churn", created_at=moment)

    @pytest.mark.parametrize("name", BAD_MODEL_NAMES)
    def test_bad_model_name_is_refused(self, store: RegistryStore, name: str) -> None:
        with pytest.raises(InvalidValue):
            store.create_registered_model(name)

    @pytest.mark.parametrize("name", ["x" * MAX_MODEL_NAME, "Größe ☂", " padded ", "a'b\"c;--", "モデル", "a.b"])
    def test_model_name_of_any_script_is_kept(self, store: RegistryStore, name: str) -> None:
        store.create_registered_model(name)

        assert store.get_registered_model(name).name == name
        assert store.create_model_version(name, "s3://bucket/model").name == name

    def test_model_name_is_put_into_canonical_form(self, store: RegistryStore) -> None:
        store.create_registered_model("cafe\u0301")
        store.create_model_version("cafe\u0301", "s3://bucket/model")

        assert store.get_registered_model("caf\u00e9").name == "caf\u00e9"
        assert store.get_model_version("cafe\u0301", "1").name == "caf\u00e9"
        with pytest.raises(RegisteredModelExists):
            store.create_registered_model("caf\u00e9")

    def test_name_of_a_registered_model_is_taken(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")

        with pytest.raises(RegisteredModelExists) as caught:
            store.create_registered_model("churn")
        assert caught.value.name == "churn"
        assert store.create_registered_model("Churn").name == "Churn"

    @pytest.mark.parametrize("name", ["nobody", "bell\x07", "x" * 1000])
    def test_unknown_model_is_not_found(self, store: RegistryStore, name: str) -> None:
        calls: list[Callable[[], object]] = [
            lambda: store.get_registered_model(name),
            lambda: store.update_registered_model(name, description="d"),
            lambda: store.rename_registered_model(name, "other"),
            lambda: store.delete_registered_model(name),
            lambda: store.set_registered_model_tag(name, ModelTag("a", "b")),
            lambda: store.delete_registered_model_tag(name, "a"),
            lambda: store.delete_registered_model_alias(name, "a"),
            lambda: store.get_model_version_by_alias(name, "a"),
            lambda: store.get_latest_versions(name),
            lambda: store.create_model_version(name, "s3://bucket/model"),
        ]

        for call in calls:
            with pytest.raises(RegisteredModelNotFound):
                call()

    @pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", ".."])
    def test_name_that_means_something_else_is_not_asked_for(self, store: RegistryStore, name: str) -> None:
        calls: list[Callable[[], object]] = [
            lambda: store.get_registered_model(name),
            lambda: store.rename_registered_model(name, "other"),
            lambda: store.delete_registered_model(name),
            lambda: store.get_model_version(name, "1"),
            lambda: store.create_model_version(name, "s3://bucket/model"),
        ]

        for call in calls:
            with pytest.raises(InvalidValue):
                call()

    @pytest.mark.parametrize("key", ["", "a;b", "/a"])
    def test_tag_that_no_model_can_have_is_not_removed(self, store: RegistryStore, key: str) -> None:
        store.create_registered_model("churn")
        store.create_model_version("churn", "s3://bucket/model")

        with pytest.raises(InvalidValue):
            store.delete_registered_model_tag("churn", key)
        with pytest.raises(InvalidValue):
            store.delete_model_version_tag("churn", "1", key)

    @pytest.mark.parametrize("alias", ["", "a;b", "x" * 256])
    def test_alias_that_no_model_can_have_is_not_removed(self, store: RegistryStore, alias: str) -> None:
        store.create_registered_model("churn")

        with pytest.raises(InvalidValue):
            store.delete_registered_model_alias("churn", alias)

    def test_description_is_replaced(self, store: RegistryStore) -> None:
        store.create_registered_model("churn", description="old")

        assert store.update_registered_model("churn", description="new").description == "new"
        assert store.update_registered_model("churn").description == ""
        assert store.get_registered_model("churn").description == ""

    def test_description_has_a_largest_length(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")

        with pytest.raises(InvalidValue):
            store.update_registered_model("churn", description="x" * 100_001)

    def test_renamed_model_keeps_what_it_has(self, store: RegistryStore) -> None:
        store.create_registered_model("churn", tags=[ModelTag("a", "b")])
        store.create_model_version("churn", "s3://bucket/model", tags=[ModelTag("c", "d")])
        store.set_registered_model_alias("churn", "champion", "1")

        renamed = store.rename_registered_model("churn", "leavers")

        assert renamed.name == "leavers"
        assert renamed.tags == {"a": "b"}
        assert [version.name for version in renamed.latest_versions] == ["leavers"]
        assert store.get_model_version_by_alias("leavers", "champion").tags == {"c": "d"}
        with pytest.raises(RegisteredModelNotFound):
            store.get_registered_model("churn")

    def test_model_can_be_renamed_to_its_own_name_but_not_to_anothers(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")
        store.create_registered_model("taken")

        assert store.rename_registered_model("churn", "churn").name == "churn"
        with pytest.raises(RegisteredModelExists):
            store.rename_registered_model("churn", "taken")
        with pytest.raises(InvalidValue):
            store.rename_registered_model("churn", "a/b")

    def test_deleted_model_is_gone_with_its_versions(self, store: RegistryStore) -> None:
        store.create_registered_model("churn", tags=[ModelTag("a", "b")])
        store.create_model_version("churn", "s3://bucket/model")
        store.set_registered_model_alias("churn", "champion", "1")

        store.delete_registered_model("churn")

        assert store.search_model_versions() == []
        assert store.create_registered_model("churn").tags == {}
        assert store.create_model_version("churn", "s3://bucket/model").version == "1"
        assert store.get_registered_model("churn").aliases == {}

    def test_tags_of_a_model_are_set_and_removed(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")

        store.set_registered_model_tag("churn", ModelTag("a", "1"))
        store.set_registered_model_tag("churn", ModelTag("a", "2"))
        store.set_registered_model_tag("churn", ModelTag("b", "x" * 100_000))
        store.delete_registered_model_tag("churn", "b")
        store.delete_registered_model_tag("churn", "never there")

        assert store.get_registered_model("churn").tags == {"a": "2"}

    def test_alias_stands_for_one_version(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")
        for number in range(2):
            store.create_model_version("churn", f"s3://bucket/{number}")

        store.set_registered_model_alias("churn", "champion", "1")
        store.set_registered_model_alias("churn", "champion", "2")
        store.set_registered_model_alias("churn", "Ältester", "01")

        model = store.get_registered_model("churn")
        assert model.alias_list == [ModelAlias("champion", "2"), ModelAlias("Ältester", "1")]
        assert store.get_model_version_by_alias("churn", "champion").version == "2"
        assert store.get_model_version("churn", "2").aliases == ["champion"]
        assert store.get_model_version("churn", "1").aliases == ["Ältester"]

    def test_removed_alias_stands_for_nothing(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")
        store.create_model_version("churn", "s3://bucket/model")
        store.set_registered_model_alias("churn", "champion", "1")

        store.delete_registered_model_alias("churn", "champion")
        store.delete_registered_model_alias("churn", "champion")

        with pytest.raises(ModelAliasNotFound):
            store.get_model_version_by_alias("churn", "champion")

    def test_alias_goes_with_its_version(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")
        store.create_model_version("churn", "s3://bucket/model")
        store.set_registered_model_alias("churn", "champion", "1")

        store.delete_model_version("churn", "1")

        assert store.get_registered_model("churn").aliases == {}

    @pytest.mark.parametrize("alias", BAD_ALIASES)
    def test_bad_alias_is_refused(self, store: RegistryStore, alias: str) -> None:
        store.create_registered_model("churn")
        store.create_model_version("churn", "s3://bucket/model")

        with pytest.raises(InvalidValue):
            store.set_registered_model_alias("churn", alias, "1")

    def test_alias_of_a_version_that_is_not_there_is_refused(self, store: RegistryStore) -> None:
        store.create_registered_model("churn")

        for name, version in [("churn", "1"), ("nobody", "1")]:
            with pytest.raises(ModelVersionNotFound):
                store.set_registered_model_alias(name, "champion", version)

    @pytest.mark.parametrize(
        ("filter_string", "names"),
        [
            ("", ["apple", "Banana", "cherry"]),
            ("name = 'cherry'", ["cherry"]),
            ("name != 'cherry'", ["apple", "Banana"]),
            ("name LIKE 'b%'", []),
            ("name ILIKE 'b%'", ["Banana"]),
            ("name IN ('apple', 'cherry')", ["apple", "cherry"]),
            ("tags.kind = 'pome'", ["apple"]),
            ("tag.`kind` LIKE 'po%'", ["apple"]),
            ("tags.kind IS NULL", ["Banana"]),
            ("tags.kind != 'pome'", ["cherry"]),
            ("tag.`mlflow.prompt.is_prompt` != 'true'", ["apple", "Banana", "cherry"]),
            ("name != 'cherry' AND (tag.`mlflow.prompt.is_prompt` != 'true' OR name = 'x')", ["apple", "Banana"]),
            ("NOT tag.`mlflow.prompt.is_prompt` != 'true'", []),
            ("tags.kind = 'pome' OR name = 'Banana'", ["apple", "Banana"]),
            ("creation_timestamp > 0 AND last_updated_timestamp > now() - 1d", ["apple", "Banana", "cherry"]),
        ],
    )
    def test_filter_finds_models(self, store: RegistryStore, filter_string: str, names: list[str]) -> None:
        store.create_registered_model("cherry", tags=[ModelTag("kind", "stone")])
        store.create_registered_model("apple", tags=[ModelTag("kind", "pome")])
        store.create_registered_model("Banana")

        found = store.search_registered_models(filter_string=filter_string)

        assert sorted((model.name for model in found), key=str.lower) == names

    def test_models_come_by_name_unless_ordered(self, store: RegistryStore) -> None:
        for name in ("b", "C", "a"):
            store.create_registered_model(name)

        def found(*order_by: str) -> list[str]:
            return [model.name for model in store.search_registered_models(order_by=order_by)]

        assert found() == ["C", "a", "b"]
        assert found("name DESC") == ["b", "a", "C"]
        assert found("timestamp DESC", "name") == found("last_updated_timestamp DESC", "name ASC")

    def test_pages_hold_each_model_once(self, store: RegistryStore) -> None:
        names = [f"model {number}" for number in range(5)]
        for name in names:
            store.create_registered_model(name)

        seen: list[str] = []
        token = ""
        while True:
            page = store.search_registered_models(max_results=2, page_token=token)
            seen += [model.name for model in page]
            token = page.token or ""
            if not token:
                break

        assert seen == names

    @pytest.mark.parametrize("max_results", [0, -1, 1001])
    def test_page_of_models_has_its_size(self, store: RegistryStore, max_results: int) -> None:
        with pytest.raises(InvalidValue):
            store.search_registered_models(max_results=max_results)

    def test_bad_search_for_models_is_refused(self, store: RegistryStore) -> None:
        for text in ("nobody = 'x'", "metrics.loss > 1", "name > 'a'", "name"):
            with pytest.raises(InvalidFilter):
                store.search_registered_models(filter_string=text)
        with pytest.raises(InvalidFilter):
            store.search_registered_models(order_by=["nobody"])
        with pytest.raises(InvalidPageToken):
            store.search_registered_models(page_token="foreign")
