"""No name leads out of the artifacts: every route that takes one, and every way to say "outside"."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from runstone.entities import ArtifactPath
from runstone.errors import InvalidArtifactPath
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server
from tests.server.test_artifacts import PROXY, TRAVERSALS
from tests.server.test_direct import ROOM
from tests.server.test_uploads import UPLOADS
from tests.server.web import Answer, Web

SECRET = b"what nobody outside may read"

# Parts that a way out is made of, in several spellings.
PARTS = [
    "..", ".", "...", "", " ", "a", "secret", "etc", "passwd", "~", "C:", "\\", "..\\", "%2e%2e", "%252e%252e", "%2f",
    "%5c", "%00", "\u2025", "\uff0e\uff0e", "\u2215", "..;", "a\u0000", "\u202e", ".runstone-" + "0" * 32 + ".part",
]  # fmt: skip
NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("/".join)

Call = Callable[[Web, str, str], Answer]


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def in_url(method: str, place: str) -> Call:
    return lambda web, run, name: web.send(method, place.format(run=run) + name, b"{}" if method != "GET" else None)


# Every route that takes a name, by what it does with it.
ROUTES: dict[str, Call] = {
    "download": in_url("GET", f"{PROXY}/"),
    "head": in_url("HEAD", f"{PROXY}/"),
    "upload": in_url("PUT", f"{PROXY}/"),
    "delete": in_url("DELETE", f"{PROXY}/"),
    "list of the store": in_url("GET", f"{PROXY}?path="),
    "list of a run": in_url("GET", "/api/2.0/mlflow/artifacts/list?run_id={run}&path="),
    "file of a run": in_url("GET", "/get-artifact?run_id={run}&path="),
    "parts created": in_url("POST", f"{ROOM}/mpu/create/"),
    "parts completed": in_url("POST", f"{ROOM}/mpu/complete/"),
    "parts aborted": in_url("POST", f"{ROOM}/mpu/abort/"),
    "presigned": in_url("GET", f"{ROOM}/presigned/"),
    "id of an upload": in_url("PUT", f"{UPLOADS}/"),
    "name of parts": lambda web, run, name: web.send(
        "POST", f"{ROOM}/mpu/create/0", body(path=name.encode("latin-1", "replace").decode("latin-1"), num_parts=1)
    ),
    "name of an upload": lambda web, run, name: web.send("POST", UPLOADS, body(path=name)),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a secret in it, beside the one that is served."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret").write_bytes(SECRET)
    (folder / "served" / "artifacts").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def web(place: Path) -> Iterator[Web]:
    options = ServerOptions(
        store_uri=f"sqlite:///{place}/runstone.db", artifacts_destination=str(place / "served" / "artifacts")
    )
    with running_server(options) as address:
        yield Web(address)


@pytest.fixture(scope="module")
def run(web: Web) -> str:
    return web.new_run()


def outside(place: Path) -> set[str]:
    """All that stands beside the folder that is served, but the database."""
    found = {each.relative_to(place).as_posix() for each in place.rglob("*")}
    return {name for name in found if not name.startswith(("served/artifacts/", "runstone.db"))}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", TRAVERSALS)
def test_no_route_takes_a_way_out(web: Web, run: str, place: Path, route: str, name: str) -> None:
    before = outside(place)

    answer = ROUTES[route](web, run, name)

    assert answer.status < 500 or answer.status == 501
    assert SECRET not in answer.body
    assert b"root:" not in answer.body
    assert outside(place) == before
    assert (place / "secret").read_bytes() == SECRET


@pytest.mark.slow
@given(route=st.sampled_from(sorted(ROUTES)), name=NAMES, quoted=st.integers(0, 2))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_route_takes_a_way_out_that_is_made_up(
    web: Web, run: str, place: Path, route: str, name: str, quoted: int
) -> None:
    before = outside(place)
    # A URL has no other letters; how often its percent signs are quoted is what layers disagree on.
    spelled = quote(name, safe="/%\\:;~") if quoted == 0 else quote(name, safe="/")
    if quoted == 2:
        spelled = quote(spelled, safe="/")

    answer = ROUTES[route](web, run, spelled)

    assert answer.status < 500 or answer.status == 501
    assert SECRET not in answer.body
    assert outside(place) == before
    assert (place / "secret").read_bytes() == SECRET


@given(name=NAMES)
def test_path_that_is_taken_stays_below_its_folder(name: str) -> None:
    try:
        path = ArtifactPath(name)
    except InvalidArtifactPath:
        return

    assert Path("/root", path).resolve().is_relative_to("/root")
    assert not {"..", "."} & set(path.split("/"))
