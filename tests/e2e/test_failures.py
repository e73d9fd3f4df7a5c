"""What the page says when the server is away."""

from pathlib import Path

from playwright.sync_api import expect

from runstone import Client
from tests.e2e.conftest import OpenPage, Watch, serving


def test_panel_tells_that_the_server_is_away_and_tries_again(open_page: OpenPage, watch: Watch, tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        client = Client(address)
        run_id = client.create_run(client.create_experiment("e"), run_name="one").info.run_id
        client.set_terminated(run_id)
        page = open_page(address)
        page.route("**/runs/get?**", lambda route: route.abort())
        page.get_by_role("link", name="Finished one").click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("The server does not answer")

        page.unroute("**/runs/get?**")
        alert.get_by_role("button", name="Try again").click()

        expect(page.get_by_role("heading", name="one")).to_be_visible()
    watch.errors = [text for text in watch.errors if "net::ERR_FAILED" not in text]
