"""Facts and reports for tests that need no database."""

from readerstudy.results.analysis import build_document
from readerstudy.results.report.chapters import build_report
from readerstudy.results.report.facts import Facts
from tests.results.factories import fuller_table, make_table


def make_manifest(**changes):
    manifest = {
        "protocol": {
            "question_en": "What would you do?",
            "question_de": "Was würden Sie tun?",
            "positive_label_en": "Biopsy",
            "positive_label_de": "Biopsie",
            "negative_label_en": "Nothing",
            "negative_label_de": "Nichts",
            "confidence_levels": 5,
            "revision": "last",
            "instructions_en": "Read alone.\n\nTake your time.",
            "instructions_de": "Befunden Sie allein.\n\nLassen Sie sich Zeit.",
        },
        "design": {"kind": "unaided", "washout_days": 28, "repeat_percent": 0},
        "answers": {"scale": "two_step", "allows_not_assessable": True, "has_second_level": False},
        "practice": None,
        "sessions": [{"number": 1, "arm": "unaided"}],
        "rank_groups": ["Resident", "Attending"],
        "institutions": ["North", "South", "East"],
        "order": {"algorithm": "allocation-hmac-sha256-1", "seed": "00", "sha256": "b" * 64},
        "sections": {"truth": {"sha256": "c" * 64}, "conduct": {"asks_attestation": True}},
    }
    return {**manifest, **changes}


def make_facts(table=None, **changes):
    """What stands beside the analysis of `table`, with one model run per training run."""
    lock = {"version": 1, "sha256": "a" * 64, "locked_at": "2026-01-15 12:00 UTC", "reason": ""}
    runs = [
        {
            "public_id": f"run{number}", "state": "done", "done": 17, "total": 17, "artefact_sha256": "0" * 64,
            "spec_sha256": "1" * 64, "provider_requested": "cpu", "provider_used": "CPUExecutionProvider",
            "runtime_version": "1.31.1", "app_version": "0.1.0", "batch_size": 1, "attempt": 1,
            "model": "Test CNN", "label": f"run-{number}", "spec": SPEC, "environment": {}, "finished_at": "2026-01-15 12:30 UTC",
        }
        for number in range(3)
    ]  # fmt: skip
    own = {
        "study": {
            "public_id": "s", "slug": "a-study", "title": "A study", "summary": "", "is_synthetic": True,
            "image_set": "Photographs", "image_set_description": "", "cases_in_set": 17,
        },
        "analysis": {
            "public_id": "an", "sha256": "d" * 64, "inputs_sha256": "e" * 64, "code_version": "0.1.0",
            "finished_at": "2026-01-16 08:00 UTC",
        },
        "locks": [{**lock, "manifest": make_manifest()}],
        "transitions": [{"to": "unblinded", "at": "2026-01-16 07:00 UTC", "reason": "All have finished."}],
        "enrolments": {"invited": 6, "started": 6, "withdrawn": 0, "withdrawn_after_start": 0},
        "runs": runs,
        "models": [{"name": "Test CNN", "kind": "network", "description": "", "training_data": "Ten images", "is_synthetic": True, "card": {}}],
        "audit": {"sequence": 7, "hash": "f" * 64, "at": "2026-01-16 08:00 UTC"},
        "table": make_table() if table is None else table,
    }  # fmt: skip
    return Facts(**{**own, **changes})


SPEC = {
    "resize": {"mode": "shortest_edge", "size": [144, 144], "interp": "bicubic"},
    "crop": {"mode": "center", "size": [128, 128]},
    "channel_order": "RGB",
    "layout": "NCHW",
    "scale": 1 / 255,
    "offset": 0.0,
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "output": {"activation": "softmax", "classes": ["nevus", "melanoma"], "positive": [1]},
    "threshold": {"value": 0.5, "prespecified": True},
}


def make_report(table=None, *, language="en", texts=None, **changes):
    table = make_table() if table is None else table
    return build_report(
        build_document(table), make_facts(table, **changes), language=language, texts=texts
    )


def full_report(**options):
    return make_report(fuller_table(readers=8, positives=12, negatives=30), **options)
