"""Who made a model: a signature over all files of its folder, as OpenSSF's model signing makes it.

It is a bundle of Sigstore, made and checked by keys of elliptic curves; nothing is asked of any server.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runstone.errors import InvalidValue, LocalFileNotFound, Unsupported
from runstone.models import manifest
from runstone.models.manifest import SIGNATURE

_CURVES = {"secp256r1", "secp384r1", "secp521r1"}
# Written by MLflow into a folder that it fetched.
_NOT_SIGNED = (SIGNATURE, "registered_model_meta")
_MAKE_ONE = "make one with: openssl ecparam -name prime256v1 -genkey -noout -out key.pem"


def sign(folder: Path, private_key: Path, into: Path, *, password: str | None = None) -> None:
    """Sign a model.

    Args:
        folder: Its folder; it is only read.
        private_key: A file with a private key of an elliptic curve, in PEM.
        into: The file for the signature.
        password: What the key is encrypted with; ``None`` if it is not.

    Raises:
        InvalidValue: The key cannot be used, or the folder has a symbolic link.
        LocalFileNotFound: There is no such file.
        Unsupported: The library is not installed.
    """
    library = _library()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    secret = None if password is None else password.encode()
    try:
        key = load_pem_private_key(_content(private_key), secret)
    except (ValueError, TypeError) as error:
        # Of 256 wrong passwords one decrypts to what looks right at its end, and the library says no word of passwords.
        used = "used" if password is None else "used with this password"
        raise InvalidValue(
            f"{str(private_key)!r} holds no private key that can be {used}: {error}; {_MAKE_ONE}"
        ) from None
    _check_curve(private_key, key)
    signer = library.signing.Config().use_elliptic_key_signer(private_key=private_key, password=secret)
    try:
        signer.set_hashing_config(_hashing(library)).sign(folder, into)
    except ValueError as error:
        raise InvalidValue(f"the model in {str(folder)!r} cannot be signed: {error}") from error


def complaints(folder: Path, public_key: Path) -> list[str]:
    """What speaks against a folder being what the owner of a key signed, a sentence each; none if it is.

    Args:
        folder: The folder.
        public_key: A file with the public key, in PEM.

    Raises:
        InvalidValue: The key cannot be used.
        LocalFileNotFound: There is no such file.
        Unsupported: The library is not installed.
    """
    library = _library()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_content(public_key))
    except ValueError as error:
        raise InvalidValue(
            f"{str(public_key)!r} holds no public key that can be used: {error}; "
            "make it of the private one with: openssl ec -in key.pem -pubout -out public.pem"
        ) from None
    _check_curve(public_key, key)
    if not (folder / SIGNATURE).is_file():
        return [f"it is not signed: it has no file {SIGNATURE!r}"]
    verifier = library.verifying.Config().use_elliptic_key_verifier(public_key=public_key)
    try:
        verifier.set_hashing_config(_hashing(library)).verify(folder, folder / SIGNATURE)
    except InvalidSignature:
        return [f"the signature in {SIGNATURE!r} was changed, or is of another key"]
    except (json.JSONDecodeError, UnicodeDecodeError, LookupError, TypeError, AttributeError) as error:
        return [f"{SIGNATURE!r} is no signature of a model: {type(error).__name__}: {error}"]
    except ValueError as error:
        if str(error).startswith("Key mismatch"):
            return ["it is signed with another key"]
        if str(error).startswith("Signature mismatch"):  # once the signature itself was found right
            return list(_differences(folder)) or [str(error)]
        return [f"it cannot be compared with its signature: {error}"]
    return []


def _differences(folder: Path) -> Iterator[str]:
    bundle = json.loads((folder / SIGNATURE).read_bytes())
    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    resources = statement["predicate"]["resources"]
    signed = {one["name"]: one["digest"] for one in resources if one["algorithm"] == "sha256"}
    if len(signed) < len(resources):  # by another hash, as other programs may choose
        return
    there = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    for path in _NOT_SIGNED:
        there.pop(path, None)
    for path in sorted(signed.keys() | there.keys()):
        if path not in there:
            yield f"{path} is missing since it was signed"
        elif path not in signed:
            yield f"{path} was added since it was signed"
        elif manifest.sha256_of(there[path]) != signed[path]:
            yield f"{path} was changed since it was signed"


def _check_curve(file: Path, key: Any) -> None:
    curve = getattr(getattr(key, "curve", None), "name", None)
    if curve not in _CURVES:
        raise InvalidValue(
            f"the key in {str(file)!r} is {f'of the curve {curve}' if curve else 'of no elliptic curve'}; wanted: one "
            f"of {', '.join(sorted(_CURVES))}; {_MAKE_ONE}"
        )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise LocalFileNotFound(str(file)) from None
    except OSError as error:
        raise InvalidValue(f"the key {str(file)!r} cannot be read: {error.strerror}") from error


def _hashing(library: Any) -> Any:
    return library.hashing.Config().set_ignored_paths(paths=_NOT_SIGNED, ignore_git_paths=False)


def _library() -> Any:
    try:
        import model_signing
    except ModuleNotFoundError as error:
        raise Unsupported(
            f"signatures of models need the module {error.name!r}, which is not installed; "
            'install it with: pip install "runstone[signing]"'
        ) from None
    return model_signing
