"""A signature tells whether a folder is what the owner of a key signed."""

import builtins
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from runstone.errors import InvalidValue, LocalFileNotFound, Unsupported
from runstone.models import manifest, signing
from tests.models.keys import key_pair


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return key_pair(tmp_path, "ours")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    (folder / "code" / "helper.py").write_text("ANSWER = 1\n")
    manifest.write(folder)
    return folder


@pytest.fixture
def signed(model: Path, keys: tuple[Path, Path]) -> Path:
    signing.sign(model, keys[0], model / "model.sig")
    return model


def test_signed_folder_is_that_of_the_owner_of_the_key(signed: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    moved = signed.rename(tmp_path / "elsewhere")
    (moved / "registered_model_meta").write_text("model_name: churn\n")

    assert signing.complaints(moved, keys[1]) == []


def test_signature_counts_for_nothing_in_the_manifest(signed: Path) -> None:
    assert manifest.differences(signed) == []


def test_signature_of_a_folder_within_is_a_file_like_others(signed: Path) -> None:
    (signed / "code" / "model.sig").write_text("{}")

    assert manifest.differences(signed) == ["code/model.sig was added"]


def change(folder: Path) -> None:
    (folder / "code" / "helper.py").write_text("ANSWER = 2\n")
    manifest.write(folder)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (change, ["code/helper.py was changed since it was signed", "manifest.json was changed since it was signed"]),
        (lambda folder: (folder / "MLmodel").unlink(), ["MLmodel is missing since it was signed"]),
        (lambda folder: (folder / ".gitignore").write_text("*"), [".gitignore was added since it was signed"]),
        (lambda folder: (folder / "model.sig").unlink(), ["it is not signed: it has no file 'model.sig'"]),
    ],
)
def test_what_is_not_as_it_was_signed_is_told(
    signed: Path, keys: tuple[Path, Path], damage: Callable[[Path], Any], said: list[str]
) -> None:
    damage(signed)

    assert signing.complaints(signed, keys[1]) == said


def test_signature_of_another_key_is_told(signed: Path, tmp_path: Path) -> None:
    _, public = key_pair(tmp_path, "theirs")

    assert signing.complaints(signed, public) == ["it is signed with another key"]


def test_changed_signature_is_told(signed: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = key_pair(tmp_path, "theirs")
    ours = json.loads((signed / "model.sig").read_text())
    signing.sign(signed, private, signed / "model.sig")
    theirs = json.loads((signed / "model.sig").read_text())
    theirs["verificationMaterial"] = ours["verificationMaterial"]  # theirs, said to be ours
    (signed / "model.sig").write_text(json.dumps(theirs))

    assert signing.complaints(signed, keys[1]) == ["the signature in 'model.sig' was changed, or is of another key"]
    assert signing.complaints(signed, public) == ["it is signed with another key"]


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"dsseEnvelope": {}}'])
def test_file_that_is_no_signature_is_told(signed: Path, keys: tuple[Path, Path], content: str) -> None:
    (signed / "model.sig").write_text(content)

    [said] = signing.complaints(signed, keys[1])

    assert said.startswith("'model.sig' is no signature of a model: ")


def test_symbolic_link_is_neither_signed_nor_right(signed: Path, keys: tuple[Path, Path]) -> None:
    (signed / "link").symlink_to("MLmodel")

    assert "symlink" in signing.complaints(signed, keys[1])[0]
    with pytest.raises(InvalidValue, match=r"cannot be signed: .*symlink"):
        signing.sign(signed, keys[0], signed / "model.sig")


def test_genuine_program_reads_the_signature_and_makes_one(signed: Path, keys: tuple[Path, Path]) -> None:
    def program(what: str, option: str, key: Path) -> None:
        command = [sys.executable, "-m", "model_signing", what, "key", str(signed), option, str(key)]
        subprocess.run([*command, "--signature", str(signed / "model.sig")], check=True, capture_output=True)

    program("verify", "--public_key", keys[1])
    program("sign", "--private_key", keys[0])

    assert signing.complaints(signed, keys[1]) == []


def test_signature_by_pieces_names_what_changed_in_words_of_the_library(model: Path, keys: tuple[Path, Path]) -> None:
    hashing: Any = import_module("model_signing.hashing")
    genuine: Any = import_module("model_signing.signing")

    by_pieces = hashing.Config().use_shard_serialization().set_ignored_paths(paths=["model.sig"])
    genuine.Config().use_elliptic_key_signer(private_key=keys[0]).set_hashing_config(by_pieces).sign(
        model, model / "model.sig"
    )
    change(model)

    [said] = signing.complaints(model, keys[1])

    assert "mismatch" in said.lower()


def test_key_with_a_password_needs_it(model: Path, tmp_path: Path) -> None:
    private, public = key_pair(tmp_path, "locked", password=b"a secret")

    with pytest.raises(InvalidValue, match="Password was not given"):
        signing.sign(model, private, model / "model.sig")
    with pytest.raises(InvalidValue, match="no private key that can be used with this password"):
        signing.sign(model, private, model / "model.sig", password="another")  # no secret
    signing.sign(model, private, model / "model.sig", password="a secret")  # no secret

    assert signing.complaints(model, public) == []


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (ec.generate_private_key(ec.SECP256K1()), "is of the curve secp256k1; wanted: one of secp256r1"),
        (rsa.generate_private_key(65537, 2048), "is of no elliptic curve; wanted: one of secp256r1"),
    ],
)
def test_key_of_another_kind_is_refused(signed: Path, tmp_path: Path, key: Any, message: str) -> None:
    private, public = key_pair(tmp_path, "other", key)

    with pytest.raises(InvalidValue, match=message):
        signing.sign(signed, private, signed / "model.sig")
    with pytest.raises(InvalidValue, match=message):
        signing.complaints(signed, public)


def test_file_that_is_no_key_is_refused(signed: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, public = keys

    with pytest.raises(InvalidValue, match=r"holds no private key that can be used: .*openssl ecparam"):
        signing.sign(signed, public, signed / "model.sig")
    with pytest.raises(InvalidValue, match=r"holds no public key that can be used: .*openssl ec -in"):
        signing.complaints(signed, private)
    with pytest.raises(InvalidValue, match="cannot be read: Is a directory"):
        signing.complaints(signed, tmp_path)
    with pytest.raises(LocalFileNotFound, match="nowhere"):
        signing.complaints(signed, tmp_path / "nowhere")


def test_missing_library_is_named(model: Path, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "model_signing":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return genuine(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(Unsupported, match=r'''pip install "runstone\[signing\]"'''):
        signing.sign(model, keys[0], model / "model.sig")
