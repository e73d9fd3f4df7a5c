"""Calls of the protocol that two servers are asked alike, and what they answer, without what is new at each time."""

import json
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import urllib3

# What stands in a call for what is known only once it is played: as long as what takes its place.
OWN = "<own#>"
_MADE = re.compile(r"<made (\d+)>")
_TOKEN = re.compile(r"<token (\d+)>")
NO_ID = "0123456789abcdef" * 2
NO_TOKEN = "bm90IGEgdG9rZW4="
_DAY_MS = 86_400_000
_RANDOM_NAME = re.compile(r"[a-z]+-[a-z]+-\d+")
_EXPERIMENT_IN_URI = re.compile(r"(mlflow-artifacts:/)(\d+)(?=/|$)")


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        number: By which later calls name what it made: ``<made 3>``, and its page token: ``<token 3>``.
        method: HTTP method.
        path: Below the server's root; ``name`` is its last part that tells what is asked.
        query: Parameters, in order.
        body: Text of the body.
    """

    number: int
    name: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: str | None = None

    def __str__(self) -> str:
        query = "&".join(f"{key}={value}" for key, value in self.query)
        text = f"{self.number}: {self.method} {self.path}{'?' if query else ''}{query} {self.body or ''}"
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
        return text if len(text) <= 600 else f"{text[:400]}... ({len(text)} characters) ...{text[-100:]}"


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP status.
        code: Word of the error, if it is one.
        content: JSON of what is no error, and of other media the text.
        media: Type of the content.
        words: What an error says; not compared.
    """

    status: int
    code: str = ""
    content: Any = None
    media: str = ""
    words: str = field(default="", compare=False)

    def __str__(self) -> str:
        text = f"{self.status} {self.code} {json.dumps(self.content)}"
        return text if len(text) <= 2000 else f"{text[:1900]}... ({len(text)} characters)"


class Player:
    """Sends calls to one server, and keeps what they made.

    Args:
        address: The server.
        own: Six characters that stand in every name, so that nothing of an earlier sequence is met.
    """

    def __init__(self, address: str, own: str) -> None:
        self._pool = urllib3.PoolManager(retries=False, timeout=60)
        self._address = address
        self._own = own
        self._made: dict[int, str] = {}
        self._tokens: dict[int, str] = {}
        self._experiments: dict[str, int] = {}
        self._webhooks: list[str] = []

    def play(self, call: Call) -> Answer:
        """Send a call; what it answers, with ids and moments replaced."""
        path = quote(self._filled(call.path), safe="/%", errors="replace")
        query = "&".join(f"{quote(key)}={quote(self._filled(value), errors='replace')}" for key, value in call.query)
        body = None if call.body is None else self._filled(call.body).encode("utf-8", "surrogatepass")
        headers = {} if body is None or call.name == "artifacts/put" else {"Content-Type": "application/json"}
        url = f"{self._address}{path}{'?' if query else ''}{query}"
        response = self._pool.request(call.method, url, body=body, headers=headers, redirect=False)
        media = response.headers.get("Content-Type", "").partition(";")[0]
        text = response.data.decode("utf-8", "replace")
        if media != "application/json":
            return Answer(response.status, content=text if response.status < 400 else None, media=media, words=text)
        content = json.loads(text)
        if response.status >= 400:
            return Answer(
                response.status, str(content.get("error_code")), media=media, words=str(content.get("message"))
            )
        self._keep(call.number, content)
        return Answer(response.status, content=self._plain(content), media=media)

    def clean_up(self) -> None:
        """Remove what later sequences would meet."""
        for made in self._webhooks:
            self._pool.request("DELETE", f"{self._address}/api/2.0/mlflow/webhooks/{made}")

    def _filled(self, text: str) -> str:
        text = text.replace(OWN, self._own)
        text = _MADE.sub(lambda found: self._made.get(int(found[1]), NO_ID), text)
        return _TOKEN.sub(lambda found: self._tokens.get(int(found[1]), NO_TOKEN), text)

    def _keep(self, number: int, content: Any) -> None:
        match content:
            case {"experiment_id": made}:
                self._experiments[made] = number
            case {"run": {"info": {"run_id": made}}} | {"model": {"info": {"model_id": made}}}:
                pass
            case {"webhook": {"webhook_id": made}}:
                self._webhooks.append(made)
            case {"next_page_token": token}:
                self._tokens[number] = token
                return
            case _:
                return
        self._made[number] = made

    def _plain(self, content: Any, key: str = "") -> Any:
        match content:
            case dict():
                return {self._plain(name): self._plain(each, name) for name, each in content.items()}
            case list():
                plain = [self._plain(each, key) for each in content]
                # [The order of metrics]: by key here; what has the same key keeps its order.
                is_by_key = all(isinstance(each, dict) and "key" in each for each in plain)
                return sorted(plain, key=lambda each: str(each["key"])) if is_by_key else plain
            case str() if key == "next_page_token":
                return "<token>"
            case str() if key == "experiment_id":
                return f"<experiment {self._experiments.get(content, content)}>"
            case str():
                return self._plain_text(content, key)
            case int() if abs(content - time.time() * 1000) < _DAY_MS:
                return "<now>"
        return content

    def _plain_text(self, text: str, key: str) -> str:
        if key in {"run_name", "value", "name"} and _RANDOM_NAME.fullmatch(text):
            return "<random name>"
        for number, made in self._made.items():
            if len(made) > 20:
                text = text.replace(made, f"<made {number}>")
        text = _EXPERIMENT_IN_URI.sub(lambda found: f"{found[1]}<{self._experiments.get(found[2], found[2])}>", text)
        # [Names]: compared in one form.
        return (unicodedata.normalize("NFC", text) if key == "name" else text).replace(self._own, OWN)


def differences(genuine: Any, ours: Any, path: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Where two views differ: the path to both values; ``...`` where there is none."""
    if isinstance(genuine, dict) and isinstance(ours, dict):
        for key in [*genuine, *(key for key in ours if key not in genuine)]:
            yield from differences(genuine.get(key, ...), ours.get(key, ...), f"{path}.{key}" if path else key)
    elif isinstance(genuine, list) and isinstance(ours, list) and len(genuine) == len(ours):
        for index, (one, other) in enumerate(zip(genuine, ours, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif genuine != ours or type(genuine) is not type(ours):
        yield path, (genuine, ours)


def played(calls: Sequence[Call], genuine: Player, ours: Player) -> Iterator[tuple[Call, Answer, Answer]]:
    """Each call, and what both servers answer."""
    for call in calls:
        yield call, genuine.play(call), ours.play(call)
