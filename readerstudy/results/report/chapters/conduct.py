"""Chapters 15 to 17: what did not go as planned, other ways to compute the result, and the limitations."""

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.report import placing
from readerstudy.results.report.blocks import Block, Bullets, Heading, Paragraph
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.limitations import limitations
from readerstudy.results.table_model import ResultTable
from readerstudy.results.tables import rule_name
from readerstudy.studies.choices import StudyState


def deviations(source: Source) -> Iterator[Block]:
    """Chapter 15."""
    yield Heading(_("Missing answers and exclusions"))
    yield Bullets(tuple(_missing(source.document)))
    yield Heading(_("Amendments"))
    amendments = list(_amendments(source.facts.locks))
    if amendments:
        yield Bullets(tuple(amendments))
    else:
        yield Paragraph(_("The protocol was not amended after the lock."))
    yield Heading(_("Sessions opened before the washout was over"))
    openings = [
        _("%(reader)s, session %(session)d, %(at)s: %(reason)s") % one
        for one in source.facts.openings
    ]
    yield Bullets(tuple(openings)) if openings else Paragraph(_("No session was opened early."))
    yield Heading(_("Life of the study"))
    yield Bullets(tuple(_life(source)))
    yield Heading(_("Looks at the reference standard"))
    looks = [f"{one['at']}: {one['purpose']}" for one in source.facts.truth_accesses]
    yield Bullets(tuple(looks)) if looks else Paragraph(_("No look is recorded."))
    yield from source.shown(placing.MISSING)


def _amendments(locks: list[Document]) -> Iterator[str]:
    """Each later version with its reason and the parts in which it differs from the one before."""
    for before, after in pairwise(locks):
        names = before["manifest"].keys() | after["manifest"].keys()
        changed = sorted(
            name for name in names if before["manifest"].get(name) != after["manifest"].get(name)
        )
        words = _("Version %(version)d, %(at)s: %(reason)s (changed: %(changed)s)")
        yield words % {
            "version": after["version"],
            "at": after["locked_at"],
            "reason": after["reason"] or _("no reason given"),
            "changed": ", ".join(changed) or "–",
        }


def _missing(document: Document) -> Iterator[str]:
    counts = document["counts"]
    for words, name in (
        (_("Readers withdrawn: %(n)d"), "withdrawn_readers"),
        (_("Readers who answered nothing: %(n)d"), "readers_without_answers"),
        (_("Readers who did not answer every case, left out: %(n)d"), "incomplete_readers"),
        (_("Cases withdrawn: %(n)d"), "withdrawn_cases"),
        (
            _("Answers that the case cannot be assessed, counted as missing: %(n)d"),
            "not_assessable",
        ),
    ):
        yield words % {"n": counts[name]}


def _life(source: Source) -> Iterator[str]:
    for step in source.facts.transitions:
        state = StudyState(step["to"]).label if step["to"] in StudyState.values else step["to"]
        yield f"{step['at']}: {state}" + (f" – {step['reason']}" if step["reason"] else "")


def sensitivity(source: Source) -> Iterator[Block]:
    """Chapter 16."""
    yield Paragraph(
        _(
            "Every training run stands for itself in the tables of chapter 6; here the matched operating point is read off by other rules."
        )
        if source.document["models"]
        else _("Without a CNN there is no comparison whose assumptions could be varied.")
    )
    yield from source.shown(placing.SENSITIVITY)


def other_rules(document: Document) -> ResultTable | None:
    """The CNN at the mean of all readers by every matching rule."""
    rows = [
        (model["name"], rule_name(part["rule"]), label, row["target"], row["readers"], row["mean"], row["low"], row["high"])
        for model in document["models"]
        for part in model["matched"]
        for label, key in ((_("Specificity"), "specificity_at_sensitivity"), (_("Sensitivity"), "sensitivity_at_specificity"))
        for row in part[key][:1]
    ]  # fmt: skip
    if not rows:
        return None
    header = (
        _("Model"), _("Matching rule"), _("Rate"), _("Matched at"), _("Readers, mean"),
        _("CNN, mean over runs"), _("CNN, low"), _("CNN, high"),
    )  # fmt: skip
    kinds = ("text", "text", "text", *["rate"] * 5)
    title = _("Matched operating points by other rules, all readers")
    return ResultTable("other-rules", title, header, kinds, tuple(rows))


def limits(source: Source) -> Iterator[Block]:
    """Chapter 17."""
    found = limitations(source.document, source.facts)
    if not found:
        yield Paragraph(_("None of the limitations that are looked for applies."))
        return
    yield Paragraph(_("Each of these is said because the data of this study ask for it."))
    yield Bullets(tuple(found.values()))
