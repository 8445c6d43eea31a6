"""The dashboard in Chromium: the slider, a filter, a case, downloads; the numbers are those of Python."""

import csv
import io
import json
import re

import numpy as np
import pytest
from django.conf import settings
from playwright.sync_api import expect

from readerstudy.core import clock
from readerstudy.results.access import table_behind
from readerstudy.results.analysis import build_document
from readerstudy.results.facets import Selection, picked_table
from readerstudy.results.threshold_panel import threshold_panels
from readerstudy.studies.models import Study
from tests.axe import assert_accessible
from tests.bare_page import open_bare_page
from tests.conftest import sign_in
from tests.results.factories import make_table
from tests.results.unblinded import EMAILS, read_study, unblinded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def analysis(admin, coordinator, settings):
    settings.INFERENCE_BATCH_SIZE, settings.INFERENCE_PROVIDER = 2, "cpu"
    now = clock.now()
    study = read_study(admin=admin, coordinator=coordinator, now=now)
    return unblinded(study, coordinator=coordinator, now=now).analyses.get()


@pytest.fixture
def dashboard(page, live_server, coordinator, analysis):
    """The dashboard, its first figure drawn. Anything that the browser complains of fails the test."""
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    sign_in(page, live_server.url, coordinator)
    page.goto(f"{live_server.url}/results/{analysis.study.slug}/")
    expect(page.locator("#figure-roc-1")).to_have_attribute("data-drawn", "true")
    yield page
    assert complaints == []


def session_of(client, live_server):
    """The session of the client's user as a browser's cookie."""
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


def by_loop(truth, scores, threshold):
    """TP, FN, TN, FP of one run at a threshold, counted case by case."""
    found = {"tp": 0, "fn": 0, "tn": 0, "fp": 0}
    for is_true, score in zip(truth, scores, strict=True):
        called = score >= threshold
        found[("tp" if called else "fn") if is_true else ("fp" if called else "tn")] += 1
    return found


def expected_at(table, threshold, prevalence):
    """What the slider has to show at a threshold: mean counts and rates of the runs, readers beaten, predictive values."""
    tables = [by_loop(table.truth, run, threshold) for run in table.models[0].values]
    counts = {name: np.mean([one[name] for one in tables]) for name in tables[0]}
    se = np.mean([one["tp"] / (one["tp"] + one["fn"]) for one in tables])
    sp = np.mean([one["tn"] / (one["tn"] + one["fp"]) for one in tables])
    better = {0: 0, 1: 0, 2: 0}
    for decision in table.decision:
        own_se = (decision[table.truth == 1] == 1).mean()
        own_sp = (decision[table.truth == 0] == 0).mean()
        better[int(se > own_se + 1e-12) + int(sp > own_sp + 1e-12)] += 1
    called = se * prevalence + (1 - sp) * (1 - prevalence)
    passed = sp * (1 - prevalence) + (1 - se) * prevalence
    return {
        **counts, "sensitivity": se, "specificity": sp, "both": better[2], "one": better[1], "neither": better[0],
        "ppv": se * prevalence / called if called else None, "npv": sp * (1 - prevalence) / passed if passed else None,
    }  # fmt: skip


IN_THE_PAGE = """async ([panel, prevalence]) => {
  const m = await import("/static/js/results/operating_point.js");
  const thresholds = m.thresholdsOf(panel.runs);
  const at = (threshold) => {
    const tables = panel.runs.map((run) => m.tableAt(run, threshold));
    const point = m.meanOf(tables.map(m.ratesOf));
    return { ...m.meanOf(tables), ...point, ...m.beaten(point, panel.readers), ...m.predictiveValues(point, prevalence) };
  };
  const matched = m.placeForSensitivity(panel.runs, thresholds, panel.mean_sensitivity);
  return { thresholds, states: thresholds.map(at), matched };
}"""


def test_at_every_threshold_the_pages_numbers_are_those_of_python(page, live_server):
    table = make_table(readers=9, runs=4, seed=3)
    panel = json.loads(json.dumps(threshold_panels(build_document(table))["roc-1"]))
    open_bare_page(page, live_server.url)
    found = page.evaluate(IN_THE_PAGE, [panel, 0.01])
    scores = sorted(set(table.models[0].values.ravel()))
    assert found["thresholds"][:-1] == scores
    assert found["thresholds"][-1] > scores[-1]
    for threshold, state in zip(found["thresholds"], found["states"], strict=True):
        assert state == pytest.approx(expected_at(table, threshold, 0.01))
    means = [state["sensitivity"] for state in found["states"]]
    target = panel["mean_sensitivity"]
    reaching = [place for place, mean in enumerate(means) if mean >= target - 1e-12]
    assert found["matched"] == max(reaching)


def shown(page):
    """The numbers beside the figure, as they stand there."""
    texts = page.locator("[data-value]").evaluate_all(
        "all => all.map(one => [one.dataset.value, one.textContent])"
    )
    return dict(texts)


def test_the_slider_moves_by_keyboard_and_everything_follows(dashboard, analysis):
    table = table_behind(analysis)
    slider = dashboard.get_by_role("slider", name=re.compile("Malignant from a score of"))
    slider.focus()
    slider.press("Home")
    for step in range(4):
        thresholds = sorted(set(table.models[0].values.ravel()))
        assert slider.get_attribute("aria-valuetext") == f"{thresholds[step]:.4f}"
        words, numbers = shown(dashboard), expected_at(table, thresholds[step], 0.5)
        for name in ("sensitivity", "specificity", "ppv", "npv"):
            rounded = "–" if numbers[name] is None else f"{100 * numbers[name]:.1f} %"
            assert words[name] == rounded, (step, name)
        for name in ("tp", "fn", "tn", "fp"):
            assert float(words[name]) == pytest.approx(numbers[name]), (step, name)
        assert [int(words[name]) for name in ("both", "one", "neither")] == [
            numbers[name] for name in ("both", "one", "neither")
        ]
        mean = dashboard.evaluate(
            "(({x, y}) => [x[0], y[0]])(document.querySelector('#figure-roc-1 .plot').data.at(-1))"
        )
        assert mean == pytest.approx([1 - numbers["specificity"], numbers["sensitivity"]])
        slider.press("ArrowRight")
    expect(dashboard.locator("[data-spoken]")).to_contain_text("Threshold 0.")
    dashboard.get_by_label("Prevalence in percent").fill("1")
    numbers = expected_at(table, thresholds[4], 0.01)
    assert shown(dashboard)["ppv"] == f"{100 * numbers['ppv']:.1f} %"
    link = dashboard.get_by_role("link", name="Cases at this threshold")
    assert float(link.get_attribute("href").split("?at=")[1]) == thresholds[4]
    dashboard.get_by_role("button", name="Dark").click()
    expect(dashboard.locator("#figure-roc-1")).to_have_attribute("data-drawn", "true")
    names = dashboard.evaluate(
        "document.querySelector('#figure-roc-1 .plot').data.map(one => one.name)"
    )
    assert names.count("CNN at this threshold") == 1


def test_a_figure_holds_the_numbers_of_its_table_and_is_saved_in_every_form(dashboard, analysis):
    figure = dashboard.locator("#figure-roc-1")
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        with dashboard.expect_download() as waiting:
            figure.get_by_role("button", name=kind.upper()).click()
        assert waiting.value.suggested_filename == f"roc-1.{kind}"
        assert waiting.value.path().read_bytes().startswith(start)
    with dashboard.expect_download() as waiting:
        figure.locator(".figure-actions a").click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))[1:]
    drawn = dashboard.evaluate(
        "document.querySelector('#figure-roc-1 .plot').data.filter(one => one.legendgroup === 'runs').map(one => [one.x, one.y])"
    )
    points = [point for x, y in drawn for point in zip(x, y, strict=True)]
    assert [(float(row[1]), float(row[2])) for row in rows] == points
    assert figure.locator("tbody tr").count() == len(rows)


def test_a_filter_a_way_back_and_a_case_by_keyboard(dashboard, analysis, live_server):
    page, table = dashboard, table_behind(analysis)
    page.get_by_role("link", name="Explore").click()
    groups = sorted({one.group for one in table.readers})
    for group in groups:
        number = sum(one.group == group for one in table.readers)
        page.get_by_label(f"{group} ({number})").check()
        page.locator("#explored", has_text=f"{number} readers and 8 cases").wait_for()
        page.get_by_label(f"{group} ({number})").uncheck()
        page.locator("#explored", has_text="Nothing is narrowed").wait_for()
    number = sum(one.group == groups[1] for one in table.readers)
    page.get_by_label(f"{groups[1]} ({number})").check()
    page.locator("#explored", has_text=f"{number} readers and 8 cases").wait_for()
    assert f"group={groups[1]}".replace(" ", "+") in page.url
    expected = build_document(picked_table(table, Selection({"group": (groups[1],)})))
    mean = expected["readers"]["sensitivity"]["mean"]
    expect(page.locator("#explored .tile").first).to_contain_text(f"{100 * mean:.1f} %")
    page.go_back()
    page.locator("#explored", has_text="Nothing is narrowed").wait_for()
    expect(page.get_by_label(f"{groups[1]} ({number})")).not_to_be_checked()

    page.get_by_role("link", name="Case inspector").click()
    page.locator(".table.cases tbody a").first.click()
    image = page.locator(".photograph")
    expect(image).to_be_visible()
    assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    first = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(first)


def test_a_point_of_the_quadrants_opens_its_case(dashboard, live_server, analysis):
    page = dashboard
    page.goto(f"{live_server.url}/results/{analysis.study.slug}/cases/")
    figure = page.locator("#figure-quadrants")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-drawn", "true")
    page.evaluate(
        "document.querySelector('#figure-quadrants .plot').emit('plotly_click', {points: [{customdata: document.querySelector('.table.cases code').textContent}]})"
    )
    page.wait_for_url(re.compile(r"/cases/\w{26}/$"))


def test_without_javascript_the_filter_is_a_form(
    browser, live_server, client, coordinator, analysis
):
    client.force_login(coordinator)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([session_of(client, live_server)])
    page = context.new_page()
    page.goto(f"{live_server.url}/results/{analysis.study.slug}/explore/")
    page.locator("input[name=group]").first.check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#explored")).to_contain_text("readers and 8 cases")
    context.close()


def test_figures_wait_until_they_are_near(page, live_server, coordinator, analysis):
    page.set_viewport_size({"width": 1280, "height": 700})
    sign_in(page, live_server.url, coordinator)
    page.goto(f"{live_server.url}/results/{analysis.study.slug}/")
    expect(page.locator("#figure-roc-1")).to_have_attribute("data-drawn", "true")
    last = page.locator("[data-figure]").last
    assert last.get_attribute("data-drawn") is None
    last.scroll_into_view_if_needed()
    expect(last).to_have_attribute("data-drawn", "true")


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_of_results_is_accessible_in_both_themes(
    page, live_server, coordinator, analysis, language
):
    study = Study.objects.get()
    own = study.enrolments.get(user__email=EMAILS[0])
    case = study.study_cases.first()
    pages = ["", "explore/?sex=female", "readers/", f"readers/{own.code}/", "cases/", f"cases/{case.public_id}/"]  # fmt: skip
    pages += ["cases/?show=hardest", "explore/?group=none"]
    sign_in(page, live_server.url, coordinator)
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}
    page.context.add_cookies([cookie])
    for name in pages:
        page.goto(f"{live_server.url}/results/{study.slug}/{name}")
        assert page.locator("html").get_attribute("lang") == language
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert_accessible(page)


def test_a_readers_own_report_is_led_to_and_accessible(page, live_server, client, analysis):
    client.force_login(analysis.study.enrolments.get(user__email=EMAILS[0]).user)
    page.context.add_cookies([session_of(client, live_server)])
    page.goto(f"{live_server.url}/reading/")
    page.get_by_role("link", name="My report").click()
    figure = page.locator("#figure-reader-roc")
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-drawn", "true")
    assert_accessible(page)
    picture = page.locator(".case-gallery img").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
