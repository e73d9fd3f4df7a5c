"""A webhook: an address that is told what happens in the registry."""

import re
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import force_setattr

from runstone.entities.names import check_length, shown
from runstone.errors import InvalidValue

MAX_WEBHOOK_URL = 2000
MAX_WEBHOOK_DESCRIPTION = 8000
MAX_WEBHOOK_SECRET = 4000

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._\-]{0,61}[A-Za-z0-9])?")


class WebhookStatus(StrEnum):
    """Whether a webhook is told anything."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class WebhookEntity(StrEnum):
    """What an event is about."""

    REGISTERED_MODEL = "REGISTERED_MODEL"
    MODEL_VERSION = "MODEL_VERSION"
    MODEL_VERSION_TAG = "MODEL_VERSION_TAG"
    MODEL_VERSION_ALIAS = "MODEL_VERSION_ALIAS"


class WebhookAction(StrEnum):
    """What happened to it."""

    CREATED = "CREATED"
    SET = "SET"
    DELETED = "DELETED"


ACTIONS = {
    WebhookEntity.REGISTERED_MODEL: (WebhookAction.CREATED,),
    WebhookEntity.MODEL_VERSION: (WebhookAction.CREATED,),
    WebhookEntity.MODEL_VERSION_TAG: (WebhookAction.SET, WebhookAction.DELETED),
    WebhookEntity.MODEL_VERSION_ALIAS: (WebhookAction.CREATED, WebhookAction.DELETED),
}


class WebhookEvent(Struct, frozen=True, order=True):
    """Something that happens in the registry.

    Attributes:
        entity: What it is about, in any case.
        action: What happened to it, in any case.

    Example:
        >>> str(WebhookEvent("model_version", "created"))
        'model_version.created'
    """

    entity: WebhookEntity
    action: WebhookAction

    def __post_init__(self) -> None:
        entity, action = _word(self.entity, WebhookEntity), _word(self.action, WebhookAction)
        if action not in ACTIONS[entity]:
            known = " and ".join(ACTIONS[entity])
            raise InvalidValue(f"a webhook is told of {entity} when it is {known}; got {shown(str(action))}")
        force_setattr(self, "entity", entity)
        force_setattr(self, "action", action)

    def __str__(self) -> str:
        return f"{self.entity}.{self.action}".lower()

    @classmethod
    def from_str(cls, text: str) -> "WebhookEvent":
        """The event that a text such as ``"model_version_tag.set"`` names.

        Raises:
            InvalidValue: There is no such event.
        """
        entity, _, action = str(text).partition(".")
        return cls(entity, action)  # type: ignore[arg-type]  # the constructor makes words of its own of them


def _word(value: Any, kind: Any) -> Any:
    try:
        return kind(str(value).upper())
    except ValueError:
        known = ", ".join(kind)
        raise InvalidValue(f"an event of a webhook has one of {known} here; got {shown(value)}") from None


class Webhook(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address that is told what happens in the registry. Its secret is never shown.

    Attributes:
        webhook_id: Its id.
        name: For people; other webhooks may have the same.
        description: A note for people, maybe empty.
        url: The address that is called.
        events: What it is told of, in order.
        status: Whether it is told anything.
        creation_timestamp: Milliseconds since the Unix epoch, UTC.
        last_updated_timestamp: Milliseconds since the Unix epoch, UTC.
    """

    webhook_id: str
    name: str
    description: str = ""
    url: str
    events: list[WebhookEvent]
    status: WebhookStatus
    creation_timestamp: int
    last_updated_timestamp: int


class WebhookTestResult(Struct, frozen=True, omit_defaults=True):
    """What came of calling a webhook once.

    Attributes:
        success: Whether it answered with a status from 200 to 299.
        response_status: The status that it answered.
        response_body: What it answered, cut when long.
        error_message: Why there was no answer.
    """

    success: bool = field()
    response_status: int | None = None
    response_body: str | None = None
    error_message: str | None = None


class WebhookDelivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a webhook is still to be told, or could not be told.

    Attributes:
        delivery_id: What the receiver gets as ``X-MLflow-Delivery-Id``, the same at each try.
        event: What happened, as ``model_version.created``.
        attempts: How often it was tried.
        creation_timestamp: When it happened; milliseconds since the Unix epoch, UTC.
        next_attempt_timestamp: When it is tried next; left out where no more tries are made.
        error_message: Why the last try failed; empty before.
    """

    delivery_id: str
    event: str
    attempts: int
    creation_timestamp: int
    next_attempt_timestamp: int | None = None
    error_message: str = ""


def check_webhook_name(name: object) -> None:
    """Check the name of a webhook.

    Raises:
        InvalidValue: It has characters other than letters of English, digits, dots, dashes and underscores, does not
            begin and end with a letter or a digit, or is over 63 characters.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidValue(
            "the name of a webhook has 1 to 63 letters, digits, dots, dashes and underscores, and begins and ends with "
            f"a letter or a digit; got {shown(name)}"
        )


def check_webhook_texts(description: object, url: object, secret: object) -> None:
    """Check the lengths of what is given for a webhook.

    Raises:
        InvalidValue: One is longer than it may be, or no text.
    """
    check_length("the description of a webhook", description, MAX_WEBHOOK_DESCRIPTION)
    check_length("the address of a webhook", url, MAX_WEBHOOK_URL)
    if not isinstance(secret, str) or len(secret) > MAX_WEBHOOK_SECRET:
        raise InvalidValue(f"the secret of a webhook is a text of at most {MAX_WEBHOOK_SECRET} characters")
