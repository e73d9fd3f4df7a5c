"""Bundles that are damaged, or made to do harm: refused in one sentence before anything is changed."""

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.bridge import bundle_format
from runstone.bridge.bundle_reader import Bundle
from runstone.bridge.bundle_writer import write
from runstone.bridge.selection import of_experiment
from runstone.bridge.store_source import StoreSource
from runstone.entities import Metric
from runstone.errors import (
    AlreadyExists,
    BackendError,
    InvalidState,
    InvalidValue,
    RunstoneError,
    Unsupported,
)
from tests.bridge.stores import export, new_store, put_file

Members = dict[str, bytes]


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """A store with the experiment `one`, of one run with one value and one file."""
    with new_store("sqlite", tmp_path / "origin") as (address, store):
        run = store.create_run(store.create_experiment("one"))
        store.log_batch(run.info.run_id, metrics=[Metric("a", 0.5, 1, 1)])
        put_file(address, run.info.artifact_uri, "note.txt", b"hello" * 100)
        yield address, store


@pytest.fixture
def bundle(origin: tuple[str, Any], tmp_path: Path) -> Path:
    """A bundle of that."""
    return export(*origin, "one", tmp_path / "good.zip")


def refusal(file: Path, kind: type[RunstoneError] = InvalidValue) -> str:
    """The message with which a bundle is refused."""
    with pytest.raises(kind) as caught:
        Bundle(file)
    return caught.value.message


def members_of(bundle: Path) -> Members:
    with zipfile.ZipFile(bundle) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rebuilt(bundle: Path, members: Members, change: Callable[[zipfile.ZipInfo], None] = lambda _: None) -> Path:
    """A bundle of other members, whose manifest is as it was unless it is among them."""
    file = bundle.with_name("bad.zip")
    with zipfile.ZipFile(file, "w") as made:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_STORED if name.startswith("artifacts/") else zipfile.ZIP_DEFLATED
            change(info)
            made.writestr(info, content)
    return file


def with_manifest(content: Members, /, **changes: Any) -> Members:
    manifest = json.loads(content["manifest.json"]) | changes
    return {**content, "manifest.json": json.dumps(manifest).encode()}


def resealed(members: Members) -> Members:
    """Members with a manifest that fits them."""
    listed = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(members.items())
        if name != "manifest.json"
    ]
    return with_manifest(members, members=listed)


def test_good_bundle_is_taken(bundle: Path) -> None:
    with closing(Bundle(rebuilt(bundle, resealed(members_of(bundle))))) as opened:
        assert (opened.counts.runs, opened.counts.files) == (1, 1)


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a/../../evil", "C:/evil", "a\\b", "%2e%2e/evil"])
def test_name_that_leaves_its_folder_is_refused(bundle: Path, name: str) -> None:
    members = members_of(bundle)
    [run] = [each for each in members if each.startswith("artifacts/")]

    message = refusal(rebuilt(bundle, {**members, f"{run.rpartition('/')[0]}/{name}": b""}))

    assert "leads out of its folder" in message
    assert "nothing was changed" in message


@pytest.mark.parametrize("name", ["../evil", "evil.txt", "artifacts/evil", "metrics/../a.jsonl", "artifacts/runs/x/a"])
def test_member_that_no_bundle_has_is_refused(bundle: Path, name: str) -> None:
    assert "is none that a bundle has" in refusal(rebuilt(bundle, {**members_of(bundle), name: b""}))


def test_symbolic_link_is_refused(bundle: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        if info.filename.startswith("artifacts/"):
            info.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert "is a link or no plain file" in refusal(rebuilt(bundle, members_of(bundle), link))


def test_file_that_is_compressed_is_refused(bundle: Path) -> None:
    def compress(info: zipfile.ZipInfo) -> None:
        info.compress_type = zipfile.ZIP_DEFLATED

    assert "is compressed" in refusal(rebuilt(bundle, members_of(bundle), compress))


def test_member_that_would_grow_beyond_measure_is_refused(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_format, "MOST_SURE", 1 << 20)
    grown = {**members_of(bundle), "runs.jsonl": b" " * (4 << 20)}

    assert "would grow to 4,194,304 bytes" in refusal(rebuilt(bundle, grown))


def test_no_bundle_is_made_that_would_be_refused_so(
    origin: tuple[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_format, "MOST_SURE", 0)
    monkeypatch.setattr(bundle_format, "MOST_RATIO", 0)

    with pytest.raises(InvalidValue, match="no reader takes the bundle"):
        export(*origin, "one", tmp_path / "new.zip")
    assert not list(tmp_path.glob("*.zip")) + list(tmp_path.glob(".*.part"))


def test_members_that_overlap_are_refused(bundle: Path) -> None:
    # The directory of the archive says that a member is longer than the archive.
    content = bytearray(bundle.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 20 : at + 24] = (1 << 30).to_bytes(4, "little")
    bundle.write_bytes(content)

    assert "overlap" in refusal(bundle)


def test_two_members_of_one_name_are_refused(bundle: Path) -> None:
    with zipfile.ZipFile(bundle, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("runs.jsonl", b"")

    assert "the same name" in refusal(bundle)


def test_encrypted_member_is_refused(bundle: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    bundle.write_bytes(content)

    assert "is encrypted" in refusal(bundle)


def test_changed_content_is_refused(bundle: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[content.index(b"hellohello")] = ord("j")
    bundle.write_bytes(content)

    assert "damaged or cut off" in refusal(bundle)


def test_content_with_another_hash_is_refused(bundle: Path) -> None:
    members = members_of(bundle)
    [file] = [each for each in members if each.startswith("artifacts/")]

    assert "the hash differs" in refusal(rebuilt(bundle, {**members, file: b"jello" * 100}))


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_file_that_was_cut_off_is_refused(bundle: Path, share: float) -> None:
    content = bundle.read_bytes()
    bundle.write_bytes(content[: int(len(content) * share)])

    assert "damaged or cut off" in refusal(bundle)


def test_member_that_is_missing_is_refused(bundle: Path) -> None:
    members = members_of(bundle)
    del members["logged-models.jsonl"]

    assert "not those of its manifest: ['logged-models.jsonl']" in refusal(rebuilt(bundle, members))


def test_newer_version_is_refused_with_what_to_do(bundle: Path) -> None:
    newer = rebuilt(bundle, with_manifest(members_of(bundle), version=2, members="other"))

    assert "is of version 2, and this Runstone reads up to 1; upgrade Runstone" in refusal(newer, Unsupported)


def test_archive_of_something_else_is_refused(bundle: Path) -> None:
    assert "it has no manifest.json" in refusal(rebuilt(bundle, {}))
    assert "its format is 'other'" in refusal(rebuilt(bundle, with_manifest(members_of(bundle), format="other")))


def test_record_that_cannot_be_read_is_told_with_its_line(bundle: Path) -> None:
    members = members_of(bundle)
    [metrics] = [each for each in members if each.startswith("metrics/")]
    bad = {**members, metrics: members[metrics] + b'{"key": "", "value": 1, "timestamp": 1}\n'}

    assert f"{metrics}, line 2: the name of a metric" in refusal(rebuilt(bundle, resealed(bad)))


def test_records_that_are_fewer_than_told_are_refused(bundle: Path) -> None:
    members = {**members_of(bundle)}
    [metrics] = [each for each in members if each.startswith("metrics/")]
    members[metrics] += members[metrics]

    assert "as many records" in refusal(rebuilt(bundle, resealed(members)))


@pytest.mark.parametrize("id", ["../../../etc", "0" * 31])
def test_run_with_an_id_that_none_has_is_refused(bundle: Path, id: str) -> None:
    members = members_of(bundle)
    run = json.loads(members["runs.jsonl"])
    run["info"]["run_id"] = id

    message = refusal(rebuilt(bundle, resealed({**members, "runs.jsonl": json.dumps(run).encode()})))

    assert "line 1 of runs.jsonl has the id" in message


def test_values_of_no_run_are_refused(bundle: Path) -> None:
    members = resealed({**members_of(bundle), f"metrics/{'0' * 32}.jsonl": b""})

    assert "belongs to no run" in refusal(rebuilt(bundle, members))


def test_files_that_nothing_in_it_lacks_are_refused(bundle: Path) -> None:
    lack = {"folder": f"artifacts/runs/{'0' * 32}", "reason": "gone"}
    members = with_manifest(members_of(bundle), lacks=[lack])

    assert "belongs to no run" in refusal(rebuilt(bundle, members))


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refusal(tmp_path / "none.zip", BackendError)


@pytest.mark.usefixtures("no_search_for_garbage")
def test_manifest_nested_without_end_is_refused(bundle: Path) -> None:
    members = {**members_of(bundle), "manifest.json": b"[" * 100_000}

    assert "cannot be read: manifest.json" in refusal(rebuilt(bundle, members))


def test_bundle_that_is_there_is_not_replaced(origin: tuple[str, Any], tmp_path: Path) -> None:
    (tmp_path / "mine.zip").write_text("mine")

    with pytest.raises(AlreadyExists, match="name another one"):
        export(*origin, "one", tmp_path / "mine.zip")
    assert (tmp_path / "mine.zip").read_text() == "mine"


def test_folder_that_is_not_there_is_told(origin: tuple[str, Any], tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="cannot be written"):
        export(*origin, "one", tmp_path / "none" / "new.zip")


def test_experiment_in_the_trash_is_not_exported(origin: tuple[str, Any], tmp_path: Path) -> None:
    origin[1].delete_experiment("1")

    with pytest.raises(InvalidState, match="runstone experiments restore 1"):
        write(of_experiment(StoreSource(*origin), origin[1].get_experiment("1")), tmp_path / "new.zip")


def test_compressed_stream_that_is_broken_is_refused(bundle: Path) -> None:
    content = bytearray(bundle.read_bytes())
    start = content.index(b"experiments.jsonl") + len("experiments.jsonl") + 20  # behind the header's extra field
    content[start : start + 8] = b"\xff" * 8
    bundle.write_bytes(content)

    assert "damaged or cut off" in refusal(bundle)


@pytest.mark.parametrize(
    ("at", "changed"),
    [
        (8, b"\x00\x08"),  # its name is UTF-8, which what stands there is not
        (42, b"\xff\xff\xff\x00"),  # it begins behind the end
        (42, None),  # it begins so near the end that no header has room
    ],
)
def test_directory_that_is_damaged_is_refused(bundle: Path, at: int, changed: bytes | None) -> None:
    content = bytearray(bundle.read_bytes())
    start = content.index(b"PK\x01\x02")
    changed = changed or (len(content) - 9).to_bytes(4, "little")
    content[start + at : start + at + len(changed)] = changed
    content[start + 46] = 0xFF if at == 8 else content[start + 46]
    bundle.write_bytes(content)

    assert "damaged or cut off" in refusal(bundle)


def test_table_that_is_compressed_in_another_way_is_refused(bundle: Path) -> None:
    def compress(info: zipfile.ZipInfo) -> None:
        if info.filename == "runs.jsonl":
            info.compress_type = zipfile.ZIP_LZMA

    assert "in a way that no bundle is" in refusal(rebuilt(bundle, members_of(bundle), compress))


@pytest.mark.parametrize("number", ["9" * 5000, "0", "-1", "٣", ""])
def test_version_of_a_number_that_none_has_is_refused(origin: tuple[str, Any], tmp_path: Path, number: str) -> None:
    store = origin[1]
    [run] = store.search_runs(["1"])
    store.create_registered_model("m")
    store.create_model_version("m", f"runs:/{run.info.run_id}/a", run_id=run.info.run_id)
    bundle = export(*origin, "one", tmp_path / "good.zip")
    members = members_of(bundle)
    version = json.loads(members["model-versions.jsonl"]) | {"version": number}
    changed = {**members, "model-versions.jsonl": json.dumps(version).encode() + b"\n"}

    assert "has no number" in refusal(rebuilt(bundle, resealed(changed)))
