"""The sentences that code composes as plain English, collected as message ids with named placeholders.

Errors, reports and questions are stored and sent in English; a page shows them in its language (see
`readerstudy.core.sentences`). So every text of several words is taken that is no docstring, no argument of gettext
and no format: `f"{name} is empty."` becomes `%(name)s is empty.`
"""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

CONTEXT = "sentence"
# No page shows what stands in these: rows of the database, commands, networks' training, words that are looked up.
NOT_SHOWN = (
    "readerstudy/accounts/api_auth.py",
    "readerstudy/accounts/api_schema.py",
    "readerstudy/accounts/checks.py",
    "readerstudy/accounts/oidc.py",
    "readerstudy/accounts/oidc_adapter.py",
    "readerstudy/demo/*",
    "readerstudy/stats/__main__.py",
    "readerstudy/stats/auc_intervals.py",
    "readerstudy/stats/binormal/*",
    "readerstudy/stats/command/*",
    "readerstudy/stats/comparison.py",
    "readerstudy/stats/design/*",
    "readerstudy/stats/figures/partial_area.py",
    "readerstudy/stats/files/*",
    "readerstudy/stats/logit.py",
    "readerstudy/stats/partial.py",
    "readerstudy/stats/rate_intervals.py",
    "readerstudy/stats/readings.py",
    "readerstudy/stats/render.py",
    "readerstudy/stats/result.py",
    "readerstudy/privacy/activities.py",
    "readerstudy/privacy/register.py",
    "readerstudy/privacy/register_types.py",
    "readerstudy/privacy/templatetags/*",
    "readerstudy/settings.py",
    "readerstudy/verify.py",
    "readerstudy/core/backup/*",
    "readerstudy/core/bulk.py",
    "readerstudy/core/checks.py",
    "readerstudy/core/consumer.py",
    "readerstudy/core/logs.py",
    "readerstudy/core/media.py",
    "readerstudy/core/middleware.py",
    "readerstudy/accounts/sign_out.py",
    "readerstudy/core/fetching.py",
    "readerstudy/core/migrating.py",
    "readerstudy/core/migration_operations.py",
    "readerstudy/core/processes.py",
    "readerstudy/core/secrets.py",
    "readerstudy/core/queue.py",
    "readerstudy/core/schema.py",
    "readerstudy/core/shared_area.py",
    "readerstudy/core/well_known.py",
    "readerstudy/core/operator.py",
    "readerstudy/core/triggers.py",
    "readerstudy/core/slow_queries.py",
    "readerstudy/core/wire.py",
    "readerstudy/intake/chunk_api.py",
    "readerstudy/intake/dry_run.py",
    "readerstudy/intake/guessing.py",
    "readerstudy/intake/layouts/classes.py",
    "readerstudy/intake/report.py",
    "readerstudy/operations/*",
    "readerstudy/reading/choices.py",
    "readerstudy/results/*",
    "readerstudy/studies/codes.py",
    "readerstudy/studies/hooks.py",
    "readerstudy/studies/library.py",
    "readerstudy/studies/ready_protocols.py",
    "inference/score_classes.py",
    "inference/spec_words.py",
    "inference/training/*",
    "inference/engine/wire.py",
    "*/management/*",
    "*/migrations/*",
    "*/models.py",
    "*/policies.py",
    "*_models.py",
    "*/api.py",
)
SHOWN = (
    "readerstudy/operations/rows.py",
    "readerstudy/operations/services.py",
    "readerstudy/results/analysis_plan.py",
    "readerstudy/results/bundle/exporting.py",
    "readerstudy/results/services.py",
    "readerstudy/results/selectors.py",
    "readerstudy/results/report/pdf.py",
    "readerstudy/results/report/selectors.py",
    "readerstudy/results/report/services.py",
    "readerstudy/results/report/views.py",
    "readerstudy/results/report/word_files.py",
    "readerstudy/results/access.py",
    "readerstudy/results/analysis.py",
    "readerstudy/results/facets.py",
    "readerstudy/results/pages.py",
    "readerstudy/results/reader_part.py",
    "readerstudy/results/sections/*",
    "readerstudy/results/split_plot.py",
    "readerstudy/results/*views.py",
    "readerstudy/stats/mrmc/models.py",
    *(
        f"readerstudy/results/finished/{name}.py"
        for name in (
            "building", "cells", "opening", "plan", "problems", "reading", "reshaping", "said", "scores", "services",
            "sheet", "truth", "voting", "workbook",
        )
    ),
)  # fmt: skip
# An analysis tells in whole sentences why a number is missing and how a section was computed. Names of estimators stand
# in it too, but pages show those of few files; and what only wrong code is refused for stands nowhere.
STATISTICS = "readerstudy/stats/*"
ANALYSIS = (STATISTICS, "readerstudy/results/sections/*")
METHODS = (
    "readerstudy/stats/delong.py",
    "readerstudy/stats/standalone.py",
    "readerstudy/stats/summary.py",
)
REFUSED = re.compile(r"(?!Probability ).*\bmust\b")
GETTEXT = re.compile(r"_|n?gettext(_lazy|_noop)?")
# Headers, lines of the log, regular expressions, annotations, and names of fields in JSON files.
NO_SENTENCE = re.compile(
    r"((attachment|text/csv|text/calendar|private|inline)[;,] |.*%%[sd]|.*\\[wdbx]|tuple\[|%\(\w+\)s:? [a-z_0-9.]*(%\(\w+\)s)?[a-z_.]*(, [a-z_]+)*$)"
)
# Words that come from the database, and single ones that sentences are filled with.
WORDS = (
    *("institution", "the file"),
    # What an ONNX file says of itself.
    *("producer", "ir version", "inputs", "outputs", "size", "golden images"),
    *("graph name", "doc", "metadata props", "weights", "external data"),
    # What a run says of the machine it was made on, or of where its scores come from.
    *("platform", "machine", "cores", "cpu", "gpus", "gpu driver", "libraries", "threads"),
    *("providers", "provider options", "session options", "process", "revision", "reference"),
    *("source", "file name", "file sha256", "naming column", "meaning", "loaded by", "loaded at"),
    # Anatomical sites as published image sets name them.
    *("abdomen", "acral", "anterior torso", "arm", "back", "buttocks", "chest", "ear", "face"),
    *("foot", "forearm", "genital", "genital areas", "hand", "head", "head neck", "head/neck"),
    *("lateral torso", "leg", "lip", "lower extremity", "lower limbs", "neck", "nose"),
    *("oral/genital", "palms/soles", "posterior torso", "scalp", "thigh", "torso", "trunk"),
    *("upper extremity", "upper limbs"),
    # Diagnoses as published image sets name them: readers are told them in practice.
    *("actinic keratosis", "basal cell carcinoma", "dermatofibroma", "lichenoid keratosis"),
    *("melanoma", "melanoma in situ", "nevus", "seborrheic keratosis", "solar lentigo"),
    *("squamous cell carcinoma", "vascular lesion"),
    # Classes of cases, in reasons of statistics.
    *("positive", "negative", "positive or negative", "positive and no negative", "unbiased"),
    *("true positive", "false positive", "true negative", "false negative"),
    "draft",
    "locked",
    "reading",
    "closed",
    "unblinded",
    "archived",
    "withdrawn",
    "active",
    "invited",
    *(
        f"{part} ({language})"
        for part in ("question", "positive label", "negative label", "consent", "instructions")
        for language in ("English", "German")
    ),
)
PLACEHOLDER = re.compile(r"%\(\w+\)s")
WORD = re.compile(r"[a-z]{2,}")


def is_shown(path: str) -> bool:
    """Whether the sentences of this file can come to a page."""
    return _is_one(path, SHOWN) or not _is_one(path, NOT_SHOWN)


def is_told(path: str, message: str) -> bool:
    """Whether a page can show this sentence of such a file."""
    if path in METHODS or not _is_one(path, ANALYSIS):
        return True
    is_refusal = fnmatchcase(path, STATISTICS) and REFUSED.match(message)
    return message.endswith(".") and not is_refusal


def _is_one(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def sentences(text: str) -> Iterator[str]:
    """The message ids of one file of code, in their order."""
    yield from _Collector().of(ast.parse(text))


def _is_sentence(message: str) -> bool:
    literal = PLACEHOLDER.sub("", message)
    return " " in message.strip() and bool(WORD.search(literal)) and not NO_SENTENCE.match(message)


class _Collector:
    """Walks the code and leaves out what no page shows as it stands."""

    def of(self, node: ast.AST) -> Iterator[str]:
        if _is_docstring(node) or _is_translated(node):
            return
        message = _message(node)
        if message is None:
            for child in ast.iter_child_nodes(node):
                yield from self.of(child)
            return
        if _is_sentence(message):
            yield message
        for value in _values(node):
            yield from _alternatives(value)
            yield from self.of(value)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_translated(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    return bool(GETTEXT.fullmatch(name))


def _alternatives(value: ast.AST) -> Iterator[str]:
    """The words of `words if … else words` and of `… or words` in an f-string."""
    parts: list[ast.expr] = []
    if isinstance(value, ast.IfExp):
        parts = [value.body, value.orelse]
    elif isinstance(value, ast.BoolOp):
        parts = value.values
    for part in parts:
        if isinstance(part, ast.Constant) and WORD.search(str(part.value)):
            yield str(part.value).replace("%", "%%")


def _values(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions that a text is filled with."""
    return (one.value for one in ast.walk(node) if isinstance(one, ast.FormattedValue))


def _message(node: ast.AST) -> str | None:
    """The id of a literal or an f-string; None for everything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _formatted(node.value)
    if not isinstance(node, ast.JoinedStr):
        return None
    used: list[str] = []
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value).replace("%", "%%"))
        elif isinstance(part, ast.FormattedValue):
            used.append(_name(part.value, used))
            parts.append(f"%({used[-1]})s")
    return "".join(parts)


def _formatted(text: str) -> str:
    """A literal; the {} of one that `str.format` fills are numbered, a {name} keeps its own."""
    parts = re.split(r"\{(\w*)\}", text.replace("%", "%%"))
    names = (name or f"v{at}" for at, name in enumerate(parts[1::2], start=1))
    return parts[0] + "".join(
        f"%({name})s{part}" for name, part in zip(names, parts[2::2], strict=True)
    )


def _name(value: ast.expr, used: list[str]) -> str:
    """`w1` for one whose words are looked up themselves."""
    if any(_alternatives(value)):
        return f"w{len(used) + 1}"
    name = getattr(value, "id", getattr(value, "attr", "")).strip("_").lower()
    at = len(used) + 1
    return f"v{at}" if not name else f"{name}{at}" if name in used else name
