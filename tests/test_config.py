"""Settings come from our variable, else MLflow's, else the default."""

import pytest

from runstone import config
from runstone.config.setting import Setting
from runstone.errors import InvalidValue


def test_default_holds_where_nothing_is_set() -> None:
    assert config.TRACKING_URI.get() == "sqlite:///runstone.db"
    assert config.TRACKING_URI.source() == "default"
    assert config.RUN_ID.get() is None


def test_mlflows_variable_is_read_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://a")
    by_mlflow = (config.TRACKING_URI.get(), config.TRACKING_URI.source())

    monkeypatch.setenv("RUNSTONE_TRACKING_URI", "http://b")
    by_ours = (config.TRACKING_URI.get(), config.TRACKING_URI.source())

    assert by_mlflow == ("http://a", "MLFLOW_TRACKING_URI")
    assert by_ours == ("http://b", "RUNSTONE_TRACKING_URI")


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", "")

    assert config.TRACKING_URI.source() == "default"


@pytest.mark.parametrize(("text", "value"), [("1", True), ("Yes", True), ("off", False), ("FALSE", False)])
def test_switches_are_read_in_words(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("RUNSTONE_DEBUG", text)

    assert config.DEBUG.get() is value


@pytest.mark.parametrize(("name", "text"), [("RUNSTONE_DEBUG", "perhaps"), ("MLFLOW_HTTP_REQUEST_TIMEOUT", "long")])
def test_text_that_cannot_be_read_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(name, text)
    setting = config.DEBUG if name == "RUNSTONE_DEBUG" else config.HTTP_TIMEOUT

    with pytest.raises(InvalidValue, match=f"{name}='{text}' cannot be read"):
        setting.get()


@pytest.mark.parametrize("text", ["-1", "0", "nan", "inf", "1000001", "long"])
def test_timeout_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_TIMEOUT", text)

    with pytest.raises(InvalidValue, match=f"RUNSTONE_HTTP_TIMEOUT='{text}' .* above 0, at most 1,000,000"):
        config.HTTP_TIMEOUT.required()


@pytest.mark.parametrize("text", ["-1", "1001", "1.5", "many"])
def test_retries_out_of_bounds_are_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", text)

    with pytest.raises(InvalidValue, match=f"RUNSTONE_HTTP_RETRIES='{text}' .* from 0 to 1,000"):
        config.HTTP_RETRIES.required()


@pytest.mark.parametrize("text", ["-1", "0", "100001", "64MB"])
def test_size_of_a_request_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("RUNSTONE_MAX_REQUEST_MB", text)

    with pytest.raises(InvalidValue, match=f"RUNSTONE_MAX_REQUEST_MB='{text}' .* from 1 to 100,000"):
        config.MAX_REQUEST_MB.required()


def test_numbers_at_their_bounds_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("HTTP_TIMEOUT", "1000000"), ("HTTP_RETRIES", "0"), ("MAX_REQUEST_MB", "1")):
        monkeypatch.setenv(f"RUNSTONE_{name}", text)

    values = (config.HTTP_TIMEOUT.required(), config.HTTP_RETRIES.required(), config.MAX_REQUEST_MB.required())

    assert values == (1_000_000.0, 0, 1)


def test_needed_setting_without_value_is_named() -> None:
    with pytest.raises(InvalidValue, match="RUNSTONE_RUN_ID is not set"):
        config.RUN_ID.required()


def test_every_setting_is_in_the_table_once() -> None:
    declared = [thing for thing in vars(config).values() if isinstance(thing, Setting)]

    assert list(config.SETTINGS) == declared
    assert len({setting.name for setting in declared}) == len(declared)


def test_environment_for_others_code_has_no_secrets_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "key")
    monkeypatch.setenv("RUNSTONE_TRACKING_PASSWORD", "word")
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", "postgresql://ann:w:rd@host/wheat?x=a:b@c")
    monkeypatch.setenv("RUNSTONE_REGISTRY_URI", "https://ann@host/a:b@c")
    monkeypatch.setenv("PLACE", "https://ann:word@host")

    there = config.without_secrets()

    assert not {"MLFLOW_TRACKING_TOKEN", "RUNSTONE_TRACKING_PASSWORD"} & set(there)
    assert there["RUNSTONE_TRACKING_URI"] == "postgresql://ann@host/wheat?x=a:b@c"
    assert there["RUNSTONE_REGISTRY_URI"] == "https://ann@host/a:b@c"
    assert there["PLACE"] == "https://ann:word@host"
