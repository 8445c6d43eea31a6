"""The pages of the topics on the panel, in both languages, with files for what is too long for a page."""

import csv
import io
import re

import numpy as np
import pytest
from django.urls import reverse

from tests.results.test_panel_topics import full

OWN = ("agreement", "calibration", "net-benefit", "crowd", "experience")
TITLES = {"en": "Net benefit", "de": "Nettonutzen"}


@pytest.mark.parametrize("language", TITLES)
@pytest.mark.parametrize("name", OWN)
def test_every_topic_is_a_page_in_both_languages(client, coordinator, analysed, name, language):
    study, _analysis = analysed(full())
    client.force_login(coordinator)
    client.cookies["django_language"] = language
    answer = client.get(reverse("results:topic", args=[study.slug, name]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'lang="{language}"' in page
    assert TITLES[language] in page
    assert re.search(r'data-figure="[\w-]+"', page)


def test_the_reason_of_a_missing_part_stands_on_its_page(client, coordinator, analysed):
    study, _analysis = analysed(full(models=False))
    client.force_login(coordinator)
    page = client.get(reverse("results:topic", args=[study.slug, "crowd"])).content.decode()
    assert "There is no CNN with complete runs" in page


def test_pairs_of_many_readers_are_a_file_with_all_of_them(client, coordinator, analysed):
    table = full(readers=66, positives=3, negatives=5)
    study, analysis = analysed(table)
    client.force_login(coordinator)
    page = client.get(reverse("results:topic", args=[study.slug, "agreement"])).content.decode()
    assert "Cohen&#x27;s kappa of every two readers: 2145 rows, in the CSV file." in page
    answer = client.get(reverse("results:table-csv", args=[analysis.public_id, "agreement-pairs"]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 66 * 65 / 2
    code = {reader.code: place for place, reader in enumerate(table.readers)}
    first, _group, second, _other, kappa = rows[1]
    pair = table.decision[[code[first], code[second]]]
    observed, yes = np.mean(pair[0] == pair[1]), pair.mean(axis=1)
    expected = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    assert float(kappa) == pytest.approx((observed - expected) / (1 - expected))
