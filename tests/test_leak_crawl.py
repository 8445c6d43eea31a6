"""Nobody learns before unblinding what they must not: every address is asked for, with every id, by every role."""

import pytest

from tests.crawled import ROLES, TRUTH, leaks, make_people, names, pages_of, scores, told


@pytest.fixture
def people(admin, coordinator, reader_user, now, tmp_path, settings):  # noqa: PLR0917 (fixtures)
    return make_people(
        admin=admin, coordinator=coordinator, reader_user=reader_user, now=now, tmp_path=tmp_path, settings=settings
    )  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_before_unblinding_no_address_fails_or_tells_truth_scores_or_names(client, people, role):
    pages = pages_of(client, people[role])
    assert len(pages) > 500
    assert [(page.address, page.status) for page in pages if page.status >= 500] == []
    assert leaks(pages, TRUTH) == []
    hidden = scores()
    assert len(hidden) > 10
    assert [page.address for page in pages if told(page) & hidden] == []
    if role != "admin":
        assert leaks(pages, names()) == []
