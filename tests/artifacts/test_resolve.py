"""From a URI to the store of files behind it."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from runstone.artifacts.http import HttpRepository
from runstone.artifacts.local import LocalRepository
from runstone.artifacts.resolve import joined, locate, repository
from runstone.entities import ArtifactPath
from runstone.errors import InvalidArtifactPath, InvalidValue, Unsupported

SERVER = "http://user:word@127.0.0.1:5000/prefix"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.mark.parametrize("form", ["{}", "file://{}", "file://localhost{}", "FILE://{}"])
def test_folder_is_named_by_a_path_or_a_file_uri(tmp_path: Path, form: str) -> None:
    opened = repository(form.format(tmp_path / "folder"))

    assert isinstance(opened, LocalRepository)
    assert opened.local_path() == tmp_path / "folder"


def test_file_uri_is_unquoted_once(tmp_path: Path) -> None:
    opened = repository(f"file://{tmp_path}/a%20b%2525")

    assert isinstance(opened, LocalRepository)
    assert opened.local_path() == tmp_path / "a b%25"


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("mlflow-artifacts:/1/2/artifacts", ("http://127.0.0.1:5000/prefix", "1/2/artifacts")),
        ("mlflow-artifacts:///1/2", ("http://127.0.0.1:5000/prefix", "1/2")),
        ("mlflow-artifacts:/", ("http://127.0.0.1:5000/prefix", "")),
        ("mlflow-artifacts:/1/a#b?c d", ("http://127.0.0.1:5000/prefix", "1/a#b?c d")),
        ("mlflow-artifacts://other:99/1", ("http://other:99", "1")),
        (f"https://host/x{PROXY}/1/a%20b", ("https://host/x", "1/a b")),
        (f"http://host{PROXY}", ("http://host", "")),
    ],
)
def test_server_is_named_by_the_uri_or_by_the_tracking_uri(uri: str, shown: tuple[str, str]) -> None:
    opened = repository(uri, tracking_uri=SERVER)

    assert isinstance(opened, HttpRepository)
    assert repr(opened) == f"HttpRepository({shown[0]!r}, {shown[1]!r})"


def test_server_of_a_secure_tracking_uri_is_called_securely() -> None:
    opened = repository("mlflow-artifacts://other/1", tracking_uri="https://host")

    assert repr(opened) == "HttpRepository('https://other', '1')"


@pytest.mark.parametrize("tracking_uri", ["", "sqlite:///runstone.db"])
def test_server_that_nobody_names_is_an_error(tracking_uri: str) -> None:
    with pytest.raises(InvalidValue, match="set it to the server's address"):
        repository("mlflow-artifacts:/1", tracking_uri=tracking_uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "file://host/folder",
        "file:///folder?query",
        "file:",
        "http://host/somewhere/else",
        f"http://host{PROXY}-not/1",
        "foo://bar/baz",
    ],
)
def test_uri_that_means_nothing_is_refused(uri: str) -> None:
    with pytest.raises(InvalidValue):
        repository(uri, tracking_uri=SERVER)


@pytest.mark.parametrize(
    "uri",
    [
        "mlflow-artifacts:/1/../../x",
        "mlflow-artifacts:/1/%2e%2e/x",
        "mlflow-artifacts:/1//x",
        f"http://host{PROXY}/1/%2e%2e/x",
        f"http://host{PROXY}/1/%252e%252e/x",
        f"http://host{PROXY}/1%5cx",
        f"http://host{PROXY}/1%00x",
    ],
)
def test_path_trick_in_a_uri_is_refused(uri: str) -> None:
    with pytest.raises(InvalidArtifactPath):
        repository(uri, tracking_uri=SERVER)


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("s3://bucket/runs/", "s3://bucket/runs"),
        ("S3://bucket", "s3://bucket/"),
        ("s3://bucket/team a/ü%", "s3://bucket/team a/ü%"),
        ("gs://bucket/runs", "gs://bucket/runs"),
        ("az://container/runs", "az://container/runs"),
        ("wasbs://container@account.blob.core.windows.net/runs", "wasbs://container/runs"),
        ("abfss://container@account.dfs.core.windows.net/runs", "abfss://container/runs"),
    ],
)
def test_bucket_is_named_by_its_uri(uri: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = '{"disable_oauth": true, "client_email": "", "private_key": "", "private_key_id": ""}'
    (tmp_path / "key.json").write_text(key)
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(tmp_path / "key.json"))
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")

    assert repr(repository(uri)) == f"ObjectStoreRepository({shown!r})"


@pytest.mark.parametrize(
    "uri",
    [
        "s3://",
        "s3:///runs",
        "s3:bucket",
        "s3://user@bucket/runs",
        "s3://bucket/runs?region=x",
        "abfss://container/runs",
        "abfss://@account.dfs.core.windows.net/runs",
        "r2://bucket/runs",
    ],
)
def test_uri_that_names_no_bucket_is_refused(uri: str) -> None:
    with pytest.raises(InvalidValue):
        repository(uri)


@pytest.mark.parametrize("uri", ["s3://bucket/../x", "s3://bucket/a//b", "s3://bucket/%2e%2e/x"])
def test_path_trick_in_the_uri_of_a_bucket_is_refused(uri: str) -> None:
    with pytest.raises(InvalidArtifactPath):
        repository(uri)


def test_credentials_that_cannot_be_read_are_refused_with_where_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key.json").write_text("{}")
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(tmp_path / "key.json"))
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", "AccountKey=no base64")

    with pytest.raises(InvalidValue, match="AZURE_STORAGE_CONNECTION_STRING"):
        repository("az://elsewhere/runs")
    with pytest.raises(InvalidValue, match="GOOGLE_APPLICATION_CREDENTIALS"):
        repository("gs://elsewhere/runs")


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_bucket_without_its_library_is_refused_with_what_to_install(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(Unsupported, match=r"runstone\[objectstores\]"):
        repository(f"{scheme}://not-opened-before/runs")


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The scheme of an installed package: a folder on the path with the metadata of one."""
    (tmp_path / "shelf_plugin.py").write_text(
        "from runstone.artifacts.local import LocalRepository\n"
        f"def open_shelf(uri): return LocalRepository({str(tmp_path)!r} + '/' + uri.removeprefix('shelf://'))\n"
    )
    (tmp_path / "shelf_plugin-1.dist-info").mkdir()
    (tmp_path / "shelf_plugin-1.dist-info" / "METADATA").write_text("Name: shelf-plugin\nVersion: 1\n")
    point = EntryPoint("shelf", "shelf_plugin:open_shelf", "runstone.artifact_repositories")
    (tmp_path / "shelf_plugin-1.dist-info" / "entry_points.txt").write_text(
        f"[{point.group}]\n{point.name} = {point.value}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return point.name


def test_installed_package_adds_a_scheme(tmp_path: Path, plugin: str) -> None:
    opened = repository(f"{plugin}://folder")
    around, name = locate(f"{plugin}://folder/file.txt")

    assert isinstance(opened, LocalRepository)
    assert opened.local_path() == tmp_path / "folder"
    assert (repr(around), name) == (repr(opened), "file.txt")


def test_file_or_folder_is_located_in_the_folder_around_it(tmp_path: Path) -> None:
    around, name = locate(str(tmp_path / "folder" / "file.txt"))
    proxied, proxied_name = locate("mlflow-artifacts:/1/2/artifacts/a.txt", tracking_uri=SERVER)

    assert (repr(around), name) == (f"LocalRepository({str(tmp_path / 'folder')!r})", "file.txt")
    assert repr(proxied).endswith("'1/2/artifacts')")
    assert proxied_name == "a.txt"


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("mlflow-artifacts:/1", "mlflow-artifacts:/1/a#b c"),
        ("/folder/", "/folder/a#b c"),
        ("file:///folder", "file:///folder/a%23b%20c"),
        (f"http://host{PROXY}/1", f"http://host{PROXY}/1/a%23b%20c"),
    ],
)
def test_joined_uri_is_quoted_where_the_scheme_wants_it(root: str, expected: str) -> None:
    assert joined(root, ArtifactPath("a#b c")) == expected
    assert joined(root, ArtifactPath()) == root
