"""Every locked package has a licence under which it may be used."""

import pytest

from tools import licences
from tools.licences import MAY_BE_USED, UNKNOWN, Package, in_short, page, reason_for


def test_every_locked_package_may_be_used_and_the_page_tells_so():
    assert licences.complaints() == []


@pytest.mark.parametrize(
    "expression",
    ["GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "LicenseRef-Proprietary", UNKNOWN, "",
     "GPL-2.0-or-later OR AGPL-3.0-only"],
)  # fmt: skip
def test_what_may_not_be_used_has_no_reason(expression):
    assert reason_for(expression) == ""


@pytest.mark.parametrize(
    "expression",
    ["MIT", "Apache-2.0 OR GPL-3.0-only", "(MIT OR GPL-2.0-only)", "BSD-3-Clause AND 0BSD AND MIT", "LGPL-3.0-only"],
)  # fmt: skip
def test_what_may_be_used_says_why(expression):
    assert reason_for(expression) in {*MAY_BE_USED.values()}


@pytest.mark.parametrize(
    ("statements", "found"),
    [(["", "MIT License"], "MIT"), (["Copyright (c) Somebody. All rights reserved."], UNKNOWN), ([], UNKNOWN),
     (["Apache Software License"], "Apache-2.0"), (["GPL-3.0-only"], UNKNOWN)],
)  # fmt: skip
def test_a_package_is_taken_at_its_word_where_that_is_a_licence(statements, found):
    assert in_short(statements) == found


@pytest.mark.parametrize("licence", ["GPL-3.0-only", UNKNOWN])
def test_a_new_package_that_may_not_be_used_is_told_by_name(monkeypatch, licence):
    others = licences.packages()
    new = Package("newcomer", "1.0", "application", licence)
    monkeypatch.setattr(licences, "packages", lambda: [*others, new])
    told = licences.complaints()
    assert told[0] == f"newcomer 1.0: its licence is {licence}, which is not known to be usable."
    assert "out of date" in told[1]
    assert f"| newcomer | 1.0 | {licence} | application |  |" in page([new])


def test_a_package_of_which_nothing_is_known_is_unknown():
    assert licences.licence_of("no-such-package-anywhere") == UNKNOWN
