"""Host and Origin are checked on every request; other addresses need the switch."""

import pytest

from runstone.errors import InvalidValue, MalformedRequest
from runstone.server.guard import Guard, check_listen_address
from tests.server.web import Web

CREATE = "/api/2.0/mlflow/experiments/create"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:5000", "localhost.evil.example", "", "127.0.0.1.nip.io"]
)
@pytest.mark.parametrize("path", ["/", "/health", "/api/2.0/mlflow/experiments/get?experiment_id=0", "/get-artifact"])
def test_foreign_host_is_refused(web: Web, host: str, path: str) -> None:
    answer = web.send("GET", path, headers={"Host": host})

    assert (answer.status, answer.code) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("second", [b"127.0.0.1", b"evil.example"])
def test_request_that_names_two_hosts_is_refused(second: bytes) -> None:
    with pytest.raises(MalformedRequest, match="got two"):
        Guard().check("GET", [(b"host", b"127.0.0.1"), (b"accept", b"*/*"), (b"host", second)])


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:5000", "192.168.1.5:5000"])
def test_own_names_and_addresses_are_answered(web: Web, host: str) -> None:
    assert web.send("GET", "/health", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[bad"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_sites_page_changes_nothing(web: Web, headers: dict[str, str]) -> None:
    answer = web.send("POST", CREATE, b'{"name": "drive-by"}', headers)

    assert (answer.status, answer.code) == (403, "PERMISSION_DENIED")
    assert web.get("experiments/get-by-name", "experiment_name=drive-by").status == 404


def test_own_page_may_change_things(web: Web) -> None:
    headers = {"Origin": web.address, "Sec-Fetch-Site": "same-origin"}

    answer = web.send("POST", CREATE, b'{"name": "from the page"}', headers)

    assert answer.status == 200


def test_no_answer_lets_other_sites_read(web: Web) -> None:
    answer = web.send(
        "GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", headers={"Origin": "http://evil.example"}
    )

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.4", "example.org"])
def test_listening_for_strangers_needs_the_switch(host: str) -> None:
    with pytest.raises(InvalidValue, match="--insecure-no-auth"):
        check_listen_address(host, insecure_no_auth=False)

    check_listen_address(host, insecure_no_auth=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_switch(host: str) -> None:
    check_listen_address(host, insecure_no_auth=False)
