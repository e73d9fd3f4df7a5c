"""Encrypts secrets that the database keeps. Loaded on use: only servers have the library."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runstone.errors import InvalidState, InvalidValue


def new_key() -> str:
    """A new key."""
    return Fernet.generate_key().decode()


def seal(text: str, key: str) -> str:
    """Encrypt a text (AES in CBC mode, with an HMAC by SHA-256).

    Raises:
        InvalidValue: The key is none.
    """
    return _made([key]).encrypt(text.encode()).decode()


def unseal(sealed: str, keys: Sequence[str]) -> str:
    """The text that was encrypted with one of these keys.

    Raises:
        InvalidState: It was encrypted with another one.
        InvalidValue: A key is none.
    """
    try:
        return _made(keys).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise InvalidState(
            "the secret of this webhook was encrypted with another key; set RUNSTONE_WEBHOOK_SECRET_ENCRYPTION_KEY as "
            "it was then, or give the webhook a new secret"
        ) from None


def _made(keys: Sequence[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise InvalidValue(
            "RUNSTONE_WEBHOOK_SECRET_ENCRYPTION_KEY cannot be used: wanted are 32 bytes in URL-safe base64, as "
            "`python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'` makes them"
        ) from None
