"""No page and no API tells a score; and none asks the database more often for more."""

import re

import pytest

from inference.models import Score
from tests.inference.factories import addresses, make_locked_study, make_model, run_all


@pytest.mark.parametrize("role", ["admin", "coordinator"])
def test_no_score_stands_on_any_page_or_in_the_api(client, request, runs, role):
    client.force_login(request.getfixturevalue(role))
    numbers = {f"{value:.3f}" for value in Score.objects.values_list("value", flat=True)}
    raw = Score.objects.values_list("outputs", flat=True)
    numbers |= {f"{number:.3f}" for outputs in raw for number in outputs}
    assert len(numbers) > 10
    for address in addresses(runs[0]).values():
        text = client.get(address).content.decode()
        found = {f"{float(number):.3f}" for number in re.findall(r"-?\d+\.\d{3,}", text)}
        assert not numbers & found, address


def queries(client, address, capture):
    with capture(20) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_ask_the_database_as_often_for_many_as_for_few(
    client, admin, coordinator, now, django_assert_max_num_queries
):
    counts = []
    client.force_login(coordinator)
    for size in (1, 4):
        model = make_model(admin=admin, now=now, runs=size, name=f"CNN {size}")
        study = make_locked_study(
            admin=admin, coordinator=coordinator, now=now, cases=2, title=f"Study {size}"
        )
        run_all(coordinator, model, study, now)
        plain = addresses(study.model_runs.first())
        names = ("model-list", "model-detail", "study-runs", "run-progress", "api-list")
        counts.append(
            [queries(client, plain[name], django_assert_max_num_queries) for name in names]
        )
    assert counts[0] == counts[1]
