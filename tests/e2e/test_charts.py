"""Curves of several runs."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.data import STEPS, Stored

# How many pixels of a chart's canvas are coloured at all: more for a raw curve beside a smoothed one.
INK = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let ink = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) ink += 1;
  return ink;
}"""


def open_charts(open_page: OpenPage, address: str, stored: Stored, query: str = "") -> Page:
    page = open_page(f"{address}/experiments/{stored.experiment_id}?view=charts{query}")
    expect(page.locator("canvas").first).to_be_visible()
    return page


def drag(page: Page, metric: str, start: float, end: float) -> None:
    box = page.get_by_role("img", name=f"{metric} of").locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + 60, steps=6)
    page.mouse.up()


def test_metrics_stand_in_sections_by_prefix_and_single_values_are_bars(
    address: str, stored: Stored, open_page: OpenPage
) -> None:
    page = open_charts(open_page, address, stored)

    expect(page.get_by_role("region", name="train").locator("canvas")).to_have_count(1)
    expect(page.get_by_role("region", name="val").locator("canvas")).to_have_count(2)
    expect(page.get_by_role("list", name="f1").get_by_role("listitem").first).to_contain_text("mlp-11")
    page.get_by_label("Filter runs").fill("metrics.f1 > 9")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No run matches the filter.")).to_be_visible()


def test_smoothing_draws_a_second_curve_and_stands_in_the_address(
    address: str, stored: Stored, open_page: OpenPage
) -> None:
    page = open_charts(open_page, address, stored, "&m=train/loss")
    canvas = page.locator("canvas")
    before = canvas.evaluate(INK)

    page.get_by_label("Smoothing").fill("0.8")

    expect(page).to_have_url(re.compile("smooth=0.8"))
    page.wait_for_function(f"(before) => ({INK})(document.querySelector('canvas')) !== before", arg=before)


def test_pointer_tells_the_values_of_the_nearest_runs(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_charts(open_page, address, stored, "&m=train/loss")

    page.locator(".u-over").hover(position={"x": 150, "y": 100})

    tip = page.get_by_role("img", name="train/loss of")
    expect(tip).to_contain_text(re.compile(r"step \d+"))
    expect(tip).to_contain_text(re.compile(r"mlp-\d\d0\.\d{3,}"))


def test_dragging_zooms_all_charts_and_asks_for_those_steps_only(
    address: str, stored: Stored, open_page: OpenPage
) -> None:
    page = open_charts(open_page, address, stored)

    with page.expect_request(lambda request: "start_step" in request.url) as asked:
        drag(page, "train/loss", 0.25, 0.5)

    steps = {name: int(value) for name, value in re.findall(r"(start_step|end_step)=(\d+)", asked.value.url)}
    assert 10 <= steps["start_step"] < steps["end_step"] <= STEPS / 2 + 2
    expect(page).to_have_url(re.compile("zoom="))
    page.get_by_role("button", name="Show all").click()
    expect(page).not_to_have_url(re.compile("zoom="))


def test_axes_by_time_and_logarithm_stand_in_the_address(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_charts(open_page, address, stored)

    page.get_by_role("button", name="Relative").click()
    page.get_by_role("button", name="log y").click()

    expect(page).to_have_url(re.compile("x=relative&log=y|log=y.*x=relative"))
    expect(page.get_by_role("button", name="log y")).to_have_attribute("aria-pressed", "true")


def test_chart_can_be_enlarged(address: str, stored: Stored, open_page: OpenPage) -> None:
    page = open_charts(open_page, address, stored)

    page.get_by_role("button", name="Enlarge train/loss").click()
    large = page.get_by_role("dialog").locator("canvas")
    expect(large).to_be_visible()
    page.keyboard.press("Escape")

    expect(large).to_be_hidden()
