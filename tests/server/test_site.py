"""The page's files come from memory, compressed, and are not sent twice."""

import gzip
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from runstone.server.site import File, load_files


def asked(file: File, **headers: str) -> Response:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return file.answer(Request({"type": "http", "method": "GET", "headers": sent}))


def test_files_are_known_by_their_name_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.js").write_text("1")
    (tmp_path / "index.html").write_text("<p>")

    files = load_files(tmp_path)

    assert sorted(files) == ["assets/a.js", "index.html"]
    assert files["index.html"].kind == "text/html"
    assert load_files(tmp_path / "nowhere") == {}


def test_text_is_compressed_for_who_takes_it() -> None:
    file = File("assets/a.js", b"let a = 1;\n" * 500)

    packed = asked(file, accept_encoding="gzip, br")
    plain = asked(file)

    assert (packed.headers["content-encoding"], gzip.decompress(bytes(packed.body))) == ("gzip", file.content)
    assert ("content-encoding" in plain.headers, plain.body) == (False, file.content)
    assert "immutable" in plain.headers["cache-control"]


def test_small_and_packed_files_are_sent_as_they_are() -> None:
    small = File("assets/a.js", b"1")
    packed = File("assets/a.png", gzip.compress(bytes(range(256)) * 16))

    assert small.gzipped is small.content
    assert "content-encoding" not in asked(packed, accept_encoding="gzip").headers


def test_file_that_the_browser_has_is_not_sent_again() -> None:
    file = File("index.html", b"<p>")

    first = asked(file)
    again = asked(file, if_none_match=first.headers["etag"])
    among_others = asked(file, if_none_match=f'"former", {first.headers["etag"]}')

    assert first.headers["etag"].startswith("W/")  # compressed it has the same, as behind a proxy that compresses
    assert (again.status_code, again.body) == (304, b"")
    assert among_others.status_code == 304
    assert first.headers["cache-control"] == "no-cache"


def test_page_runs_only_its_own_scripts() -> None:
    headers = asked(File("index.html", b"<p>")).headers

    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")


def test_kind_that_nobody_knows_is_bytes() -> None:
    assert File("a.unknown", b"").kind == "application/octet-stream"
