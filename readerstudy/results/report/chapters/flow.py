"""Chapters 4 and 5: how readers and cases came into the analysis, and who and what they are."""

from collections.abc import Iterator
from html import escape

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.report.blocks import Block, Bullets, Paragraph, Picture
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.facts import Facts
from readerstudy.results.report.svg.flow import Step, flow_svg


def flow(source: Source) -> Iterator[Block]:
    """Chapter 4."""
    steps = (readers_flow(source.document, source.facts), cases_flow(source.document, source.facts))
    title = _("Flow of readers and cases")
    caption = _(
        "From invitation and case set to the analysis; what is left out stands beside the step."
    )
    told = "; ".join(step.words for own in steps for step in own)
    svg = flow_svg(steps, title=title, description=escape(told))
    yield Picture("", "flow", title, caption, svg)
    reasons = [
        f"{one['case']}: {one['reason'] or _('no reason given')} ({one['at']})"
        for one in source.facts.withdrawn_cases
    ]
    if reasons:
        yield Paragraph(_("Withdrawn cases:"))
        yield Bullets(tuple(reasons))


def readers_flow(document: Document, facts: Facts) -> list[Step]:
    """Invited → begun → complete."""
    counts, own = document["counts"], facts.enrolments
    invited = own.get("invited", counts["readers"])
    started = own.get("started", counts["readers"])
    early, late = (
        own.get("withdrawn", 0) - own.get("withdrawn_after_start", 0),
        own.get("withdrawn_after_start", 0),
    )
    silent = max(invited - started - early, 0)
    return [
        Step(
            _("%(n)d readers invited") % {"n": invited},
            _some(
                (_("%(n)d withdrawn before they began"), early),
                (_("%(n)d answered nothing"), silent),
            ),
        ),
        Step(
            _("%(n)d readers began") % {"n": started},
            _some(
                (_("%(n)d withdrawn after they began"), late),
                (_("%(n)d did not answer every case"), counts["incomplete_readers"]),
            ),
        ),
        Step(_("%(n)d readers complete and analysed") % {"n": counts["readers"]}),
    ]


def cases_flow(document: Document, facts: Facts) -> list[Step]:
    """Case set → cases of the study → analysed."""
    counts = document["counts"]
    locked = counts["cases"] + counts["withdrawn_cases"]
    in_set = facts.study.get("cases_in_set", locked)
    return [
        Step(
            _("%(n)d cases in the case set") % {"n": in_set},
            _some((_("%(n)d not part of the study"), max(in_set - locked, 0))),
        ),
        Step(_("%(n)d cases locked") % {"n": locked}, _some((_("%(n)d withdrawn"), counts["withdrawn_cases"]))),
        Step(
            _("%(cases)d cases analysed: %(positives)d malignant, %(negatives)d benign; %(readings)d readings, %(not_assessable)d not assessable")
            % counts
        ),
    ]  # fmt: skip


def _some(*pairs: tuple[str, int]) -> tuple[str, ...]:
    return tuple(words % {"n": number} for words, number in pairs if number)


def people(source: Source) -> Iterator[Block]:
    """Chapter 5."""
    if source.facts.table is None:
        yield Paragraph(
            _(
                "This analysis was computed before the reading table was kept, so that these tables cannot be made. Compute it again."
            )
        )
    yield from source.shown(5)
    if not source.facts.environments or not source.facts.environments["sessions"]:
        yield Paragraph(_("What the readers read on was not recorded, so there is no Table 3."))
