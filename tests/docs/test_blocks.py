"""Every code block of the documentation runs, or names its reason."""

from pathlib import Path

import pytest

from tests.docs.blocks import BadPage, Block, blocks_of, check
from tests.docs.session import PageSession
from tools.repository import ROOT, tracked_files

PAGES = [
    path
    for path in tracked_files(ROOT, ".md")
    if path.parent == ROOT or path.is_relative_to(ROOT / "docs") or path.is_relative_to(ROOT / "examples")
]
RUNNING = [
    path for path in PAGES if any(block.language in {"python", "shell", "console"} for block in blocks_of(path, ROOT))
]


def page_id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_block_can_be_run_or_names_its_reason(page: Path) -> None:
    blocks = blocks_of(page, ROOT)

    for before, block in zip([None, *blocks], blocks, strict=False):
        check(block, before=before)


@pytest.mark.slow
@pytest.mark.parametrize("page", RUNNING, ids=page_id)
def test_blocks_run_in_order_in_an_empty_folder(page: Path, tmp_path: Path) -> None:
    with PageSession(tmp_path) as session:
        for block in blocks_of(page, ROOT):
            if block.mark != "not run":
                session.run(block)


def blocks_in(text: str, folder: Path) -> list[Block]:
    (folder / "page.md").write_text(text)
    return blocks_of(folder / "page.md", folder)


def run_page(text: str, folder: Path) -> None:
    with PageSession(folder) as session:
        for block in blocks_in(text, folder):
            session.run(block)


@pytest.mark.parametrize(
    "text",
    [
        "```r\nx <- 1\n```\n",
        "```\nno language\n```\n",
        "    indented()\n",
        "```json\n{broken\n```\n",
        "```toml\n= 1\n```\n",
        "```yaml\na: [\n```\n",
        "<!-- not run -->\n```shell\ntrue\n```\n",
        "<!-- not run: because -->\n```shell\ntrue\n```\n",
        "<!-- background: soon -->\n```shell\ntrue\n```\n",
        "<!-- output -->\n```text\nfrom nowhere\n```\n",
        "<!-- fails -->\n```python\nraise SystemExit\n```\n",
        "````{note}\n```r\nx <- 1\n```\n````\n",
    ],
)
def test_block_without_a_treatment_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadPage):
        check(blocks_in(text, tmp_path)[0], before=None)


def test_directives_of_the_site_are_no_blocks(tmp_path: Path) -> None:
    text = "```{toctree}\npage\n```\n\n````{note}\n```python\nx = 1\n```\n````\n"

    blocks = blocks_in(text, tmp_path)

    assert [(block.language, block.line) for block in blocks] == [("python", 6)]


def test_python_blocks_share_names_and_the_folder_with_the_shell(tmp_path: Path) -> None:
    text = (
        "```python\nname = 'a.txt'\n```\n```shell\necho hello > a.txt\n```\n```python\nprint(open(name).read())\n```\n"
    )

    run_page(text + "<!-- output -->\n```text\nhello\n```\n", tmp_path)

    assert (tmp_path / "page" / "a.txt").read_text() == "hello\n"


def test_failing_python_block_is_named_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadPage, match=r'page\.md:3: (.|\n)*"page\.md", line 4(.|\n)*1 / 0'):
        run_page("# A page\n\n```python\n1 / 0\n```\n", tmp_path)


def test_failing_shell_block_shows_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(BadPage, match="no luck"):
        run_page("```shell\necho no luck >&2\nfalse\necho after\n```\n", tmp_path)


def test_shell_block_that_should_fail_and_does_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPage, match="ended with 0"):
        run_page("<!-- fails -->\n```shell\ntrue\n```\n", tmp_path)


def test_output_of_a_failing_command_can_be_shown(tmp_path: Path) -> None:
    text = (
        "<!-- fails -->\n```shell\necho wanted: a name >&2\nexit 3\n```\n<!-- output -->\n```text\nwanted: ...\n```\n"
    )

    run_page(text, tmp_path)


def test_other_output_than_the_page_says_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPage, match="the page says"):
        run_page("```python\nprint(2)\n```\n<!-- output -->\n```text\n3\n```\n", tmp_path)


def test_console_block_compares_each_command_with_its_output(tmp_path: Path) -> None:
    run_page("```console\n$ echo one two\none ...\n$ echo three\nthree\n```\n", tmp_path)


def test_console_block_with_other_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPage, match="the page says"):
        run_page("```console\n$ echo one\ntwo\n```\n", tmp_path)


def test_server_runs_in_the_background_on_a_free_port_until_the_page_ends(tmp_path: Path) -> None:
    server = (
        "<!-- background: 5000 -->\n```shell\necho $$ > pid\nexec python -m http.server --bind 127.0.0.1 5000\n```\n"
    )
    client = "```python\nfrom urllib.request import urlopen\nprint(urlopen('http://127.0.0.1:5000/pid').status)\n```\n"

    run_page(server + client + "<!-- output -->\n```text\n200\n```\n", tmp_path)

    pid = (tmp_path / "page" / "pid").read_text().strip()
    assert not Path("/proc", pid).exists()


def test_server_that_ends_at_once_shows_why(tmp_path: Path) -> None:
    with pytest.raises(BadPage, match="cannot listen"):
        run_page("<!-- background: 5000 -->\n```shell\necho cannot listen\nexit 1\n```\n", tmp_path)


@pytest.mark.parametrize("block", ["```shell\nsleep 600\n```\n", "```python\nimport time\ntime.sleep(600)\n```\n"])
def test_block_that_does_not_end_is_given_up(block: str, tmp_path: Path) -> None:
    [stuck] = blocks_in(block, tmp_path)

    with (
        PageSession(tmp_path, block_within_s=1, end_within_s=1) as session,
        pytest.raises(BadPage, match="did not end"),
    ):
        session.run(stuck)


def test_settings_of_the_shell_do_not_reach_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", "http://elsewhere")

    run_page('```shell\ntest -z "${RUNSTONE_TRACKING_URI:-}"\n```\n', tmp_path)
