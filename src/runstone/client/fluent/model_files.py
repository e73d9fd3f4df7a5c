"""The verbs of ``runstone.models`` about the files of a model."""

import warnings
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from runstone.client import arguments, choices, context, model_folders
from runstone.client.client import Client
from runstone.client.model_folders import fetched
from runstone.client.model_logging import ModelInfo, info_of
from runstone.entities.names import shown
from runstone.errors import InvalidValue, NotFound, Unsupported
from runstone.flavors import loading, saving
from runstone.models import manifest, signing
from runstone.models.signature import ModelSignature
from runstone.workers import verification
from runstone.workers.verification import Verification

__all__ = ["get_model_info", "set_signature", "sign_model", "verify_model"]


def get_model_info(model_uri: str) -> ModelInfo:
    """What is known of a model, without loading it.

    Args:
        model_uri: As ``load_model`` takes it.

    Returns:
        The same as ``log_model`` gives. Of a model that was only saved, ``model_id`` and ``name`` are empty.

    Raises:
        InvalidModel: There is no model, or it cannot be read.
        ModelChanged: A file is not the one that was saved.
        NotFound: There is no such model in the store.
    """
    client = client_of(model_uri)
    found = fetched(client, model_uri)
    try:
        model = loading.read(found.path)
    finally:
        found.discard()
    logged = None
    if model.model_id is not None:
        with suppress(NotFound):  # of a model of another store
            logged = client.get_logged_model(model.model_id)
    return info_of(model, model_uri, logged)


def set_signature(model_uri: str, signature: ModelSignature) -> None:
    """Say of a saved or logged model what it takes and gives.

    One that is signed, by :func:`sign_model`, is no longer what was signed, and a warning says so.

    Args:
        model_uri: A folder, ``models:/MODEL_ID``, ``runs:/RUN_ID/NAME``, or a place such as ``s3://bucket/path``; no
            version of a registered model: it has the files of the model that was registered, and their signature.
        signature: As ``infer_signature`` makes it.

    Raises:
        InvalidModel: There is no model, or it cannot be read.
        InvalidValue: ``signature`` is none.
        ModelChanged: A file is not the one that was saved.
        NotFound: There is no such model in the store.
        Unsupported: It is a version of a registered model, or its signature is that of type hints.
    """
    given: object = signature
    if not isinstance(given, ModelSignature):
        raise InvalidValue(f"a signature is a ModelSignature, as infer_signature makes it; got {shown(given)}")
    client = client_of(model_uri)
    if model_uri.startswith("models:") and arguments.logged_model_id(model_uri) is None:
        raise Unsupported(
            f"{shown(model_uri)} is a version of a registered model, and has the files of the model that was "
            "registered: set the signature of the logged model, models:/MODEL_ID, and the version has it too"
        )
    found = fetched(client, model_uri)
    try:
        loading.read(found.path)
        with TemporaryDirectory(prefix="runstone-model-") as draft:
            names = saving.describe(found.path, signature, Path(draft))
            model_folders.replace(client, model_uri, Path(draft), names)
        if (found.path / manifest.SIGNATURE).is_file():
            warnings.warn(
                f"{shown(model_uri)} was signed by its owner as it was before: sign it again, with sign_model",
                stacklevel=2,
            )
    finally:
        found.discard()


def sign_model(model_uri: str, private_key: str | Path, *, password: str | None = None) -> None:
    """Sign a saved or logged model, so that others can tell that it comes from the owner of a key.

    The signature is a file ``model.sig`` among the model's, in the place of one that is there.

    Args:
        model_uri: As ``load_model`` takes it.
        private_key: A file with a private key of an elliptic curve, in PEM.
        password: What the key is encrypted with; ``None`` if it is not.

    Raises:
        InvalidModel: There is no model, or it cannot be read.
        InvalidValue: The key cannot be used.
        LocalFileNotFound: There is no such file, or no such folder.
        ModelChanged: A file of the model is not the one that was saved.
        NotFound: There is no such model in the store.
        Unsupported: The library for signatures is not installed.
    """
    client = client_of(model_uri)
    found = fetched(client, model_uri)
    try:
        loading.read(found.path)
        with TemporaryDirectory(prefix="runstone-model-") as draft:
            signing.sign(found.path, Path(private_key), Path(draft, manifest.SIGNATURE), password=password)
            model_folders.replace(client, model_uri, Path(draft), [manifest.SIGNATURE])
    finally:
        found.discard()


def verify_model(
    model_uri: str, *, quick: bool = False, trust: bool = False, public_key: str | Path | None = None
) -> Verification:
    """Compare a model with what was recorded when it was saved: files, environment, answers.

    Args:
        model_uri: As ``load_model`` takes it.
        quick: Whether no environment is made: the model answers its example with the packages of this program.
        trust: Whether what it brings may run though it is neither on this machine nor in the chosen store. Else only
            the files of such a model are looked at.
        public_key: A file with the key that it has to be signed with, in PEM; ``None`` if it needs no signature.

    Returns:
        Its ``checks``, and whether it ``has_passed``: no check failed.

    Raises:
        InvalidModel: There is no model, or it cannot be read.
        InvalidValue: The key cannot be used.
        NotFound: There is no such model in the store.
        Unsupported: A key is given, and the library for signatures is not installed.
    """
    found = fetched(client_of(model_uri), model_uri)
    try:
        key = None if public_key is None else Path(public_key)
        return verification.verify(found.path, uri=model_uri, quick=quick, trust=trust or found.own, public_key=key)
    finally:
        found.discard()


def client_of(model_uri: str) -> Client:
    """The handle that has a model: that of this thread's run, where a server that is away has yet to get it."""
    found = arguments.logged_model_id(arguments.text("the URI of a model", model_uri, may_be_empty=False))
    return choices.client() if found is None else context.client_of_model(found)
