"""Where Runstone may answer otherwise than a genuine server: each with its reason, a sentence of the page
``docs/explanation/mlflow-differences.md``, under its heading.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isnan
from typing import Any

from tests.peers.calls import NO_ID, OWN, Answer, Call, differences

_INVALID = "INVALID_PARAMETER_VALUE"


@dataclass(frozen=True)
class Met:
    """A call that both servers answered, and of two answers with one status a place where they differ.

    Attributes:
        call: What was asked.
        genuine: What the genuine server answered.
        ours: What ours did.
        path: Where the answers differ; empty if it is the status or the code.
        values: What is there.
    """

    call: Call
    genuine: Answer
    ours: Answer
    path: str = ""
    values: tuple[Any, Any] = (None, None)

    @property
    def is_parting(self) -> bool:
        """Whether one server may have done what the other did not."""
        half_done = self.call.name == "model-versions/create" and "ogged model" in self.genuine.words
        return half_done or ((self.genuine.status < 300) != (self.ours.status < 300) and self.call.method != "GET")

    def __str__(self) -> str:
        found = [str(self.genuine.words)[:300], str(self.ours.words)[:300]]
        places = "".join(f"\n    {path}: {a!r:.300} | {b!r:.300}" for path, (a, b) in _places(self))
        return f"  genuine: {self.genuine} {found[0]}\n  ours:    {self.ours} {found[1]}{places}"


Test = Callable[[Met], bool]


@dataclass(frozen=True)
class Allowed:
    """A difference that is meant: the heading and a sentence of the page, and how it is known."""

    heading: str
    reason: str
    holds: Test


def unlike(met: Met) -> list[str]:
    """Where the answers differ and are not allowed to: paths; the empty one stands for the status or the code."""
    places = _places(met)
    return [
        path
        for path, values in places
        if not any(allowed.holds(replace(met, path=path, values=values)) for allowed in ALLOWED)
    ]


def _places(met: Met) -> list[tuple[str, tuple[Any, Any]]]:
    genuine, ours = met.genuine, met.ours
    if (genuine.status, genuine.code) != (ours.status, ours.code):
        return [("", (genuine.status, ours.status))]
    return [*differences(genuine.content, ours.content), *differences(genuine.media, ours.media, "media type")]


def _fails(met: Met) -> bool:
    return met.genuine.status >= 500 and (met.ours.status < 500 or met.ours.status == 501)


def _names_its_database(met: Met) -> bool:
    return "(sqlite3." in met.genuine.words


def _is_no_json(met: Met) -> bool:
    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        json.dumps(json.loads(met.call.body or "{}", parse_constant=refuse), ensure_ascii=False).encode()
    except ValueError:
        return met.ours.code == "BAD_REQUEST"
    return False


def _is_not_served(met: Met) -> bool:
    genuine, ours = met.genuine, met.ours
    if genuine.status == 308:
        return ours.status in {400, 404}
    if ours.code == "ENDPOINT_NOT_FOUND":
        return genuine.status in {404, 405}
    return genuine.code in {"", "None"} and genuine.status in {400, 404, 405} and 400 <= ours.status < 500


_UNREADABLE = re.compile(
    r"the request cannot be read: |.* is between .*; got |.* is a whole number; got "
    r"|a page (of a history )?has .* got .*\d{10}"
    r"|the (view of a search|status of a run) is one of ",
    re.DOTALL,
)


def _is_unreadable(met: Met) -> bool:
    if met.genuine.status >= 300 or met.ours.code != _INVALID:
        return False
    # Where MLflow drops a number that is too large, it drops what stands after it too, mistakes among it.
    return bool(_UNREADABLE.match(met.ours.words) or re.search(r"_time\": -?\d{19}", str(met.call)))


def _has_two_mistakes(met: Met) -> bool:
    if not (400 <= met.genuine.status < 500 and (400 <= met.ours.status < 500 or met.ours.status == 501)):
        return False
    if _UNREADABLE.match(met.ours.words):
        return True
    if _INVALID not in {met.genuine.code, met.ours.code} or met.genuine.code == met.ours.code:
        return False
    # One of the two mistakes is a thing that is not there, was deleted, or is there already.
    said = f"{met.call}{met.genuine.words}{met.ours.words}"
    return (
        NO_ID in said or "<made" in said or bool(re.search(rf"{OWN}([abAmn]|é)(?![a-zA-Z])|parameter 'run_id'", said))
    )


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and isnan(value)


def _is_fewer(met: Met) -> bool:
    genuine, ours = met.values
    return ours is ... or all(each in genuine for each in ours)


def _of(*names: str) -> Test:
    return lambda met: met.call.name in names


def _answered(genuine: int, ours: int) -> Test:
    return lambda met: (met.genuine.status, met.ours.status) == (genuine, ours)


def _says(words: str) -> Test:
    return lambda met: bool(re.search(words, met.ours.words, re.DOTALL))


def _genuine_says(words: str) -> Test:
    return lambda met: bool(re.search(words, met.genuine.words, re.DOTALL))


def _asks(words: str) -> Test:
    return lambda met: bool(re.search(words, str(met.call), re.DOTALL))


def _at(path: str, genuine: Any = None, ours: Any = None) -> Test:
    def holds(met: Met) -> bool:
        values = zip((genuine, ours), met.values, strict=True)
        return bool(re.fullmatch(path, met.path)) and all(wanted in (None, found) for wanted, found in values)

    return holds


def _all(*tests: Test) -> Test:
    return lambda met: all(test(met) for test in tests)


def _any(*tests: Test) -> Test:
    return lambda met: any(test(met) for test in tests)


_REFUSED = _answered(200, 400)
_TAKEN = _answered(400, 200)

ALLOWED: tuple[Allowed, ...] = (
    Allowed(
        "Bad input", "What makes MLflow fail with `500` is refused with `400`, or taken where it is harmless.", _fails
    ),
    Allowed(
        "Bad input",
        "What makes MLflow answer with the text of its database's error, such as a tag that comes twice, is refused "
        "with a sentence, or taken where it is harmless.",
        _names_its_database,
    ),
    Allowed(
        "A run of a deleted experiment",
        "Runstone answers `INVALID_STATE` with status 400: restore the experiment first.",
        _all(_REFUSED, _of("runs/restore"), _says("restore the experiment first")),
    ),
    Allowed("Bad input", "A body that is not JSON is refused with `BAD_REQUEST`.", _is_no_json),
    Allowed("Bad input", "The text `null` in a query counts as left out.", _all(_TAKEN, _asks("=null"))),
    Allowed("Bad input", "Paths and methods that are not served are answered in JSON.", _is_not_served),
    Allowed(
        "Bad input", "A field of the wrong type, or a number that 64 bits do not hold, is refused.", _is_unreadable
    ),
    Allowed("Bad input", "Of two mistakes in one call, either may be the one that is told.", _has_two_mistakes),
    Allowed(
        "Names",
        "Names of experiments are not blank and have no control characters.",
        _all(_REFUSED, _of("experiments/create", "experiments/update"), _says("the name of an experiment")),
    ),
    Allowed(
        "Names",
        "A letter and its accents count as the letter with the accent: names are compared in Unicode's form NFC.",
        _all(
            _any(_all(_REFUSED, _says("exists already")), _answered(404, 200)),
            _asks(r"e\\u0301|\\u00e9|e\u0301|\u00e9"),
        ),
    ),
    Allowed(
        "Names",
        "Names of metrics, tags and params obey the rules of their alphabet also when a run or a logged model is made "
        "with them.",
        _all(_REFUSED, _says("the (metric|tag|param) name|the name of a (metric|tag|param)")),
    ),
    Allowed(
        "Names",
        "The name of a run and its user have at most 5000 characters.",
        _all(_REFUSED, _says("the (name|user) of a run has at most 5000")),
    ),
    Allowed(
        "Infinities",
        "MLflow's SQL stores turn both infinities into the largest finite number, 1.7976931348623157e308.",
        _any(
            _at(r".*\.value", 1.7976931348623157e308, "Infinity"),
            _at(r".*\.value", -1.7976931348623157e308, "-Infinity"),
        ),
    ),
    Allowed(
        "Infinities",
        '`get-history-bulk` writes NaN as the text `"NaN"`, as every other call does; MLflow writes a bare '
        "`NaN` there.",
        lambda met: met.call.name == "metrics/get-history-bulk" and _is_nan(met.values[0]) and met.values[1] == "NaN",
    ),
    Allowed(
        "Values that are too long",
        "MLflow cuts the value of a param after 6000 characters and says nothing to the script.",
        _all(_REFUSED, _says("the value of the param .* has at most 6000")),
    ),
    Allowed(
        "Values that are too long",
        "Texts that MLflow's tables limit on other databases than SQLite are limited on every database.",
        _all(_REFUSED, _says("has at most")),
    ),
    Allowed(
        "A history of a run that is not there",
        "Runstone answers `RESOURCE_DOES_NOT_EXIST`, so that a mistyped run id is found at once.",
        _all(_answered(200, 404), _of("metrics/get-history")),
    ),
    Allowed(
        "A param twice in a batch",
        "Runstone takes it when both values are the same",
        _all(_TAKEN, _of("runs/log-batch"), _genuine_says("Duplicate parameter keys")),
    ),
    Allowed(
        "Histories between two steps",
        "`get-history-bulk-interval` takes one end of an interval alone.",
        _all(_TAKEN, _of("metrics/get-history-bulk-interval"), _genuine_says("both must be specified")),
    ),
    Allowed(
        "What answers show",
        "A run that was made just now shows `outputs`.",
        _all(_of("runs/create"), _at(r"run\.outputs", ..., {})),
    ),
    Allowed(
        "What answers show",
        "A run that was made without `start_time` starts now.",
        _at(r".*\.start_time", 0, "<now>"),
    ),
    Allowed(
        "What answers show",
        "A search shows the logged models that a run read.",
        _all(_of("runs/search"), _at(r"runs\[\d+\]\.inputs\.model_inputs", ...)),
    ),
    Allowed(
        "What answers show",
        "Datasets of runs in the trash are not found.",
        _all(_of("experiments/search-datasets"), _at("dataset_summaries"), _is_fewer),
    ),
    Allowed(
        "Pages",
        "`experiments/search` without `max_results` is a page of 1000.",
        _all(_TAKEN, _of("experiments/search"), _genuine_says("parameter 'max_results'")),
    ),
    Allowed(
        "Pages",
        "A page token belongs to the search that it came from.",
        _all(_answered(200, 400), _says("page token")),
    ),
    Allowed(
        "Filters",
        "Every filter that MLflow accepts means the same.",
        _all(_TAKEN, _asks("filter")),
    ),
    Allowed(
        "The registry",
        "The name of a registered model has at most 256 characters and no control characters on every database.",
        _all(_answered(200, 400), _says("the name of a registered model (holds no control|has at most 256)")),
    ),
    Allowed(
        "The registry",
        "A version shows its aliases in every answer, and always has a `description`.",
        _any(_at(r".*\.aliases", ...), _at(r".*\.description", ..., "")),
    ),
    Allowed(
        "The registry",
        "A page of no models (`max_results` of 0 or less)",
        _all(_REFUSED, _asks("max_results=-?[0-9]"), _says("a page has 1 to")),
    ),
    Allowed(
        "The registry",
        "A source that does not name a place on the server is taken as it is",
        _all(_TAKEN, _of("model-versions/create")),
    ),
    Allowed(
        "The registry",
        "A version that names a logged model that is not there is not made; MLflow answers `404` and makes it.",
        lambda met: met.is_parting and met.call.name == "model-versions/create" and met.ours.status == 404,
    ),
    Allowed(
        "The registry",
        "A version that was made of a logged model shows its `model_id`.",
        _at(r".*\.model_id", ...),
    ),
    Allowed(
        "Webhooks",
        "An event that is named twice counts once",
        _all(_TAKEN, _of("webhooks/create", "webhooks/update")),
    ),
    Allowed(
        "Artifacts",
        "The answer to a file that was sent is `{}`, as that of older servers; MLflow's is empty.",
        _all(_of("artifacts/put"), _any(_at("", "", {}), _at("media type"))),
    ),
    Allowed("Artifacts", "An empty file has a size, 0.", _at(r"files\[\d+\]\.file_size", ..., 0)),
    Allowed(
        "Artifacts",
        "A path holds no backslash, no control character, no colon, and no part of dots alone or of more than 255 "
        "bytes.",
        _all(
            _any(_answered(200, 400), _answered(404, 400), _answered(400, 404)), _says("the artifact path|no artifact")
        ),
    ),
    Allowed(
        "Artifacts",
        "Parts go to buckets of S3's kind; for Google's cloud and Azure the answer is `501`",
        _all(_answered(400, 501), _of("mpu/create", "mpu/complete", "mpu/abort")),
    ),
    Allowed(
        "Artifacts",
        "An experiment whose `artifact_location` lies elsewhere than the server's own artifacts is not opened by the "
        "server",
        _all(_of("experiments/create"), _any(_answered(200, 501), _all(_REFUSED, _says("the artifact location")))),
    ),
    Allowed(
        "Logged models",
        "A name has no control characters.",
        _all(_REFUSED, _of("logged-models/create"), _says("the name of a logged model has none")),
    ),
    Allowed(
        "Logged models",
        "`PATCH` and `params` take the model's id from the path alone",
        _all(_of("logged-models/finalize", "logged-models/params"), _genuine_says("parameter 'model_id'")),
    ),
    Allowed(
        "Logged models",
        "A status that is none is refused; MLflow makes it `LOGGED_MODEL_STATUS_UNSPECIFIED`.",
        _all(
            _of("logged-models/finalize", "logged-models/get", "logged-models/search"),
            _any(_REFUSED, _at(r".*\.info\.status", "LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_READY")),
        ),
    ),
    Allowed(
        "Logged models",
        "A model that was deleted takes nothing more; MLflow goes on writing to it.",
        _all(_answered(200, 404), _says("no logged model has the id")),
    ),
    Allowed(
        "Logged models",
        'A metric\'s value of NaN is `"NaN"`, and infinities are kept',
        _at(r".*\.metrics\[\d+\]\.value", 0.0, "NaN"),
    ),
)
