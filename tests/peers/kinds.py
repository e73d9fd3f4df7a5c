"""What the fields of calls may hold: good values and odd ones, up to each limit and one beyond."""

from typing import Any

from tests.peers.calls import NO_ID, NO_TOKEN, OWN
from tests.peers.random_calls import ODD_NUMBERS, ODD_TEXTS, Draw, Kind, long

NOW = 1_700_000_000_000


def one_of(*values: Any, odd: tuple[Any, ...] = ()) -> Kind:
    """Good values, one as often as another, and odd ones."""
    return Kind(lambda draw: draw.pick(*values), odd)


def closed(*values: Any, odd: tuple[Any, ...]) -> Kind:
    """The same of a field that holds nothing else."""
    return Kind(lambda draw: draw.pick(*values), odd, is_closed=True)


def id_of(what: str) -> Kind:
    """The id of something that an earlier call made."""
    texts = (NO_ID, NO_ID.upper(), "x", "", "99999", "-1", "1.5", " ", "é", "a b", "a%b")
    return Kind(lambda draw: draw.id_of(what), (*texts, None, True, [], {}, ["x"]), is_closed=True)


# Names that other sequences do not meet: those that no thing can have, and those that are ours alone.
ODD_NAMES: tuple[Any, ...] = ("", None, True, [], {}, 7.5, *(f"{OWN}{text}" for text in ODD_TEXTS))


def list_of(kind: Kind, least: int = 0, most: int = 3, odd: tuple[Any, ...] = ()) -> Kind:
    """Lists of a kind: good ones have no two of one key."""

    def good(draw: Draw) -> list[Any]:
        drawn = [kind.good(draw) for _ in range(draw.random.randint(least, most))]
        return list({str(each.get("key", each) if isinstance(each, dict) else each): each for each in drawn}.values())

    plain = kind.good(Draw(1))
    wrong = tuple([each] for each in kind.odd)
    return Kind(good, (*odd, *wrong, [plain, plain], [plain, kind.good(Draw(2))], {}, "x"))


def record(odd: tuple[Any, ...] = (), **kinds: Kind) -> Kind:
    """Objects of some fields, and such as lack or spoil one of them."""

    def good(draw: Draw) -> dict[str, Any]:
        return {key: kind.good(draw) for key, kind in kinds.items()}

    plain = {key: kind.good(Draw(1)) for key, kind in kinds.items()}
    spoiled = [{**plain, key: each} for key, kind in kinds.items() for each in (*kind.odd, None)]
    lacking = [{name: each for name, each in plain.items() if name != key} for key in kinds]
    return Kind(good, (*odd, *spoiled, *lacking, {}, []))


def key_of(*words: str) -> Kind:
    """Names that obey the rules of keys, and such as do not."""
    return one_of(*words, odd=(*ODD_TEXTS, *long(250, 255)))


# Numbers and texts that many calls take.
TIME = one_of(NOW, NOW + 1, NOW + 2, str(NOW), odd=ODD_NUMBERS)
# Other than every other, for a search to have one order.
RUN_NAME = closed("first", "second", odd=(*ODD_TEXTS[1:], *long(250, 5000, 8000)))
START = Kind(lambda draw: NOW + draw.random.randrange(10**9), (-1, 2**62, 2**63, "x", [], {}), is_closed=True)
STEP = one_of(0, 1, 2, 3, -1, "4", odd=ODD_NUMBERS)
VALUE = one_of(0.5, 1, -2.25, 1e-9, 3.0, "0.125", "NaN", odd=ODD_NUMBERS)
PAGE = one_of(
    1, 1, 2, 3, 100, odd=(*ODD_NUMBERS, 1000, 1001, 50_000, 50_001, 25_000, 25_001, 2500, 2501, 200_000, 200_001)
)
TOKEN = Kind(lambda draw: "", (NO_TOKEN, "x", "MA==", "é", None, 7, [], True), is_closed=True)
VIEW = one_of("ACTIVE_ONLY", "DELETED_ONLY", "ALL", 1, odd=("active_only", "NONE", 0, 4, "2", 3))

EXPERIMENT = id_of("experiment")
RUN = id_of("run")
LOGGED = id_of("logged")
WEBHOOK = id_of("webhook")

EXPERIMENT_NAME = closed(f"{OWN}a", f"{OWN}b", f"{OWN}é", f"{OWN}A", odd=(*ODD_NAMES, *long(500, 256)))
METRIC_KEY = key_of("loss", "acc", "val/loss", "a b")
PARAM_KEY = key_of("lr", "depth", "opt/kind")
TAG_KEY = key_of("team", "mlflow.user", "mlflow.note.content", "mlflow.runName", "a b", "mlflow.source.name")
PARAM_VALUE = one_of("1", "0.1", "", "adam", odd=(*ODD_TEXTS, *long(500, 6000), 1, 0.1))
TAG_VALUE = one_of("1", "blue", "", "red", odd=(*ODD_TEXTS, *long(5000, 8000), 1, 0.1))
PARAM = record(key=PARAM_KEY, value=PARAM_VALUE)
TAG = record(key=TAG_KEY, value=TAG_VALUE)
METRIC = record(key=METRIC_KEY, value=VALUE, timestamp=TIME, step=STEP)


def many(what: str, count: int) -> list[dict[str, Any]]:
    """So many metrics, params or tags."""
    if what == "metric":
        return [{"key": f"m{n}", "value": n, "timestamp": NOW, "step": 0} for n in range(count)]
    return [{"key": f"{what}{n}", "value": str(n)} for n in range(count)]


METRICS = list_of(METRIC, odd=(many("metric", 1000), many("metric", 1001)))
PARAMS = list_of(PARAM, odd=(many("p", 100), many("p", 101)))
TAGS = list_of(TAG, odd=(many("t", 100), many("t", 101)))
EXPERIMENT_TAGS = list_of(record(key=key_of("team", "mlflow.note.content"), value=TAG_VALUE))

RUN_FILTER = one_of(
    "",
    "metrics.loss > 0",
    "metrics.acc <= 1 and params.lr = '0.1'",
    "params.depth != '1'",
    "tags.team = 'blue'",
    "tags.`mlflow.user` LIKE '%b%'",
    "attributes.status = 'RUNNING'",
    "status != 'FINISHED'",
    "start_time >= 1700000000001",
    "end_time > 0",
    "run_name ILIKE '%R%'",
    "user_id = 'ada'",
    "lifecycle_stage = 'active'",
    'metrics."val/loss" = 0.5',
    "params.lr LIKE '0%'",
    f"run_id IN ('{NO_ID}')",
    "dataset.name = 'd'",
    "datasets.context = 'train'",
    "tags.team IS NULL",
    "tags.team IS NOT NULL",
    "params.lr IS NULL",
    odd=(
        *(
            "metrics.loss > 'a'",
            "metrics.loss = '1'",
            "params.lr > 1",
            "params.lr = 1",
            "tags.team = blue",
            "nope.x = 1",
        ),
        *(
            "metrics.loss",
            "= 1",
            "metrics.loss LIKE '1'",
            "attributes.nope = 'x'",
            "start_time = 'x'",
            "start_time > 1.5",
        ),
        *(
            "metrics.loss >",
            "metrics.loss > 1 AND",
            "metrics.loss > 1 ; DROP",
            "(metrics.loss > 1)",
            "params.'lr' = '1'",
        ),
        *("run_id = 'x'", "metrics.loss is null", "status = 'nope'", "status > 'RUNNING'", "a = 'b'", "name = 'x'"),
        *("metrics.loss == 1", "metrics.loss <> 1", "metrics.loss = 1e400", "metrics.loss = NaN", "dataset.nope = 'a'"),
        *(
            "artifact_uri = 'x'",
            "artifact_uri LIKE '%a%'",
            "experiment_id = '1'",
            'run_name = "first"',
            "tags.a.b = 'c'",
        ),
    ),
)
RUN_ORDER = list_of(
    one_of(
        *("metrics.loss", "metrics.loss DESC", "params.lr ASC", "start_time", "attributes.end_time DESC", "run_name"),
        *("tags.team desc", "status", "metrics.`val/loss`", "user_id", "dataset.name"),
        odd=("", "nope", "metrics.loss UP", "metrics.loss DESC ASC", "metrics", "a.b.c", "DESC", "1", "`metrics.loss`"),
    ),
    most=2,
)
DATASET = record(
    name=one_of("d", "e", odd=(*ODD_TEXTS[:3], *long(500))),
    digest=one_of("1", "2", odd=(*ODD_TEXTS[:3], *long(36))),
    source_type=one_of("local", "code", odd=long(36)),
    source=one_of("{}", odd=long(65535)),
    schema=one_of("{}", "x"),
    profile=one_of("{}", "x"),
)
INPUT_TAG = record(
    key=one_of("mlflow.data.context", "k", odd=("", *long(255))), value=one_of("train", "test", odd=("", *long(500)))
)
DATASETS = list_of(record(dataset=DATASET, tags=list_of(INPUT_TAG)), most=2)
