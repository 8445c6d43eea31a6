"""A report stays short enough for a page, whatever is wrong: the first problems, and how many more there are."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from readerstudy.intake.report import MOST_LISTED, report_csv, report_json, report_text
from tests.intake.archives import manifest

ROWS = MOST_LISTED + 500


def report_of(plan_of):
    return plan_of({"manifest.csv": manifest([f"no{at}.png,nevus,0" for at in range(ROWS)])})


def test_the_first_problems_are_listed_and_the_others_counted(plan_of):
    report = report_of(plan_of).report()
    assert report["totals"]["problems"] == ROWS
    assert len(report["problems"]) == MOST_LISTED + 1
    assert report["problems"][-1]["code"] == "more_problems"
    assert "500 more problems" in report["problems"][-1]["message"]
    [group] = report["groups"]
    assert (group["rows"], group["count"]) == (f"2-{ROWS + 1}", ROWS)


def test_text_and_csv_tell_how_many_more_there_are(plan_of):
    report = report_of(plan_of).report()
    text = report_text(report)
    assert f"Problems ({ROWS})" in text
    assert "There are 500 more problems" in text
    rows = list(csv.DictReader(io.StringIO(report_csv(report))))
    assert len(rows) == MOST_LISTED + 1
    assert "500 more" in rows[-1]["message"]


def test_the_command_gives_the_same_bytes_as_the_report(plan_of, tmp_path, capsys):
    plan = report_of(plan_of)
    with pytest.raises(CommandError):
        call_command("import_images", str(plan.archive_path), "--dry-run", "--json")
    assert capsys.readouterr().out == report_json(plan.report())


def test_as_many_as_fit_are_listed_without_a_word_more(plan_of):
    lines = [f"no{at}.png,nevus,0" for at in range(MOST_LISTED)]
    report = plan_of({"manifest.csv": manifest(lines)}).report()
    assert {one["code"] for one in report["problems"]} == {"image_missing"}
    assert len(json.loads(report_json(report))["problems"]) == MOST_LISTED
