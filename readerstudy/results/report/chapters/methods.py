"""Chapter 3: methods, written from the lock and from the code that ran."""

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from readerstudy.results.figure import Document
from readerstudy.results.report.blocks import Block, FactRows, Heading, Paragraph
from readerstudy.results.report.chapters.methods_model import model_methods
from readerstudy.results.report.chapters.methods_statistics import statistics
from readerstudy.results.report.chapters.source import Source
from readerstudy.results.report.facts import Facts
from readerstudy.results.sentences import decimal
from readerstudy.studies.choices import DesignKind, RepeatWhen, Revision, Scale


def methods(source: Source) -> Iterator[Block]:
    """All of it, in the order of a paper."""
    facts, document = source.facts, source.document
    parts: tuple[tuple[str, Iterator[Block]], ...] = (
        (_("Design"), _design(document, facts)),
        (_("Cases and reference standard"), _cases(document, facts)),
        (_("Readers"), _readers(facts)),
        (_("Reading"), _reading(facts)),
        (_("Order, randomisation and washout"), _order(facts)),
        (_("CNN"), model_methods(document, facts)),
        (_("Statistics"), statistics(document)),
    )
    for name, blocks in parts:
        yield Heading(name)
        yield from blocks


def _design(document: Document, facts: Facts) -> Iterator[Block]:
    kind = document["study"].get("design", "unaided")
    label = str(DesignKind(kind).label) if kind in DesignKind.values else kind
    sentences = [_("Multi-reader multi-case study. %(design)s.") % {"design": label}]
    if facts.locks:
        first = facts.locks[0]
        sentences.append(
            _(
                "Cases, readers, questions, design, orders and planned models were locked on %(at)s, before any reading; the hash of the lock is on the first page."
            )
            % {"at": first["locked_at"]}
        )
    sentences.append(
        _(
            "Until the study was unblinded nobody could see truth, scores or accuracy together with readings."
        )
    )
    yield Paragraph(" ".join(sentences))


def _cases(document: Document, facts: Facts) -> Iterator[Block]:
    counts = document["counts"]
    yield Paragraph(
        _(
            "The study used the case set “%(name)s”: %(cases)d cases in the analysis, %(positives)d malignant and %(negatives)d benign by the reference standard."
        )
        % {**counts, "name": facts.study["image_set"]}
    )
    if facts.study.get("image_set_description"):
        yield Paragraph(facts.study["image_set_description"], is_given=True)
    sentences = [
        _(
            "Photographs were turned upright, converted to sRGB and stripped of metadata when they were imported; readers and CNN saw the same stored pixels."
        )
    ]
    if facts.section("truth"):
        sentences.append(
            _(
                "The reference standard was sealed at the lock by its hash (SHA-256 %(sha256)s) and opened with the unblinding."
            )
            % {"sha256": facts.section("truth").get("sha256", "")}
        )
    yield Paragraph(" ".join(sentences))


def _readers(facts: Facts) -> Iterator[Block]:
    manifest = facts.manifest
    groups, institutions = manifest.get("rank_groups", []), manifest.get("institutions", [])
    invited = facts.enrolments.get("invited", 0)
    yield Paragraph(
        _(
            "%(invited)d readers were invited by the coordinators, from %(institutions)d institutions and in %(groups)d rank groups (%(names)s). They are known by random codes."
        )
        % {
            "invited": invited,
            "institutions": len(institutions),
            "groups": len(groups),
            "names": ", ".join(groups),
        }
    )
    practice = manifest.get("practice")
    if practice:
        words = _(
            "Before reading they practised with feedback on %(cases)d cases that are not part of the study."
        )
        yield Paragraph(words % {"cases": len(practice["cases"])})
    else:
        yield Paragraph(_("There was no practice with feedback before reading."))


def _reading(facts: Facts) -> Iterator[Block]:
    protocol, answers = facts.manifest.get("protocol"), facts.manifest.get("answers", {})
    if not protocol:
        yield Paragraph(_("How readers answered is not part of the lock."))
        return
    yield FactRows(tuple(_asked(protocol)))
    sentences = [_scale(protocol, answers)]
    if answers.get("allows_not_assessable"):
        sentences.append(_("They could say that a case cannot be assessed, with a reason."))
    if answers.get("has_second_level"):
        sentences.append(
            _(
                "After the first answer the case was shown again with clinical facts and further images; the first answer is analysed."
            )
        )
    sentences.append(_revision(protocol))
    yield Paragraph(" ".join(sentences))
    yield Paragraph(" ".join(_conduct(facts)))


def _asked(protocol: Document) -> Iterator[tuple[str, str]]:
    language = "de" if (get_language() or "").startswith("de") else "en"
    for name, field in (
        (_("Question"), "question"),
        (_("Positive decision"), "positive_label"),
        (_("Negative decision"), "negative_label"),
    ):
        yield name, protocol[f"{field}_{language}"]


def _scale(protocol: Document, answers: Document) -> str:
    scale = answers.get("scale", Scale.TWO_STEP)
    if scale == Scale.SIX_POINT:
        return _(
            "Readers answered on one scale from 1 to 6, on which 4 and more mean a positive decision; the rating for the ROC analysis is the place on it."
        )
    if scale == Scale.PERCENT:
        return _(
            "Readers gave a likelihood from 0 to 100 and a decision; the rating for the ROC analysis puts the decision first and the likelihood second."
        )
    levels = protocol["confidence_levels"]
    if not levels:
        return _("Readers gave a decision without a confidence; the rating has two values.")
    return _(
        "Readers gave a decision, then their confidence in it from 1 to %(levels)d; the rating for the ROC analysis rises strictly with both. Sensitivity and specificity come from the decision alone."
    ) % {"levels": levels}


def _revision(protocol: Document) -> str:
    if protocol.get("revision") == Revision.LAST:
        return _(
            "The last answer could be changed until the next case was answered; every version is kept."
        )
    return _("Answers could not be changed.")


def _conduct(facts: Facts) -> Iterator[str]:
    conduct = facts.section("conduct")
    if conduct.get("break_after_cases") or conduct.get("break_after_minutes"):
        yield (
            _(
                "A break was offered after %(cases)d cases or %(minutes)d minutes, whichever came first (0: never)."
            )
            % {
                "cases": conduct["break_after_cases"],
                "minutes": conduct["break_after_minutes"],
            }
        )
    if conduct.get("cases_per_day"):
        yield _("At most %(cases)d cases a day could be read.") % {
            "cases": conduct["cases_per_day"]
        }
    if conduct.get("records_environment"):
        yield (
            _(
                "Screen, device and light of the room were recorded once in each session of the browser, with at least %(width)d × %(height)d CSS pixels asked for."
            )
            % {
                "width": conduct["minimum_width"],
                "height": conduct["minimum_height"],
            }
        )
    else:
        yield _("What the readers read on was not recorded.")
    if conduct.get("asks_attestation"):
        words = _(
            "At the end readers were asked to sign that they read the cases themselves and independently; %(signed)d did."
        )
        yield words % {"signed": facts.attestations}


def _order(facts: Facts) -> Iterator[Block]:
    order = facts.manifest.get("order")
    if not order:
        yield Paragraph(_("The reading orders are not part of the lock."))
        return
    yield Paragraph(
        _(
            "Every reader had an order of their own for each session: a Fisher–Yates shuffle driven by HMAC-SHA256 of the study's seed, the reader's code and the session (%(algorithm)s). "
            "The orders were stored at the lock and can be derived again (SHA-256 of all orders %(sha256)s). Cases of one patient were kept apart where that was possible."
        )
        % {"algorithm": order["algorithm"], "sha256": order["sha256"]}
    )
    sentences = list(_washout(facts))
    if sentences:
        yield Paragraph(" ".join(sentences))


def _washout(facts: Facts) -> Iterator[str]:
    design = facts.design
    sessions = len(facts.manifest.get("sessions", []))
    if sessions > 1:
        yield (
            _("There were %(sessions)d sessions with a washout of at least %(days)d days.")
            % {
                "sessions": sessions,
                "days": design.get("washout_days", 0),
            }
        )
    for gap in facts.gaps:
        words = _(
            "Before session %(session)d the gap was %(median)s days in the median (%(shortest)s to %(longest)s; %(too_short)d of %(readers)d readers below the washout)."
        )
        days = {name: decimal(gap[name], 1) for name in ("median", "shortest", "longest")}
        yield words % {**gap, **days}
    if design.get("repeat_percent"):
        when = RepeatWhen(design["repeat_when"]).label
        words = _("%(percent)d %% of the cases came a second time, unmarked: %(when)s.")
        yield words % {"percent": design["repeat_percent"], "when": when}
