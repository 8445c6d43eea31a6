"""Forest plots of subgroups: areas of readers and CNN, and their difference."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from readerstudy.results.figure import CNN, TEXT, Document, Figure
from readerstudy.results.shown.forest import forest_layout, points, upright
from readerstudy.results.shown.labels import factor_name, level_name

Row = tuple[str, Document]


def subgroup_figures(part: Document) -> list[Figure]:
    """Where at least one subgroup has an area: readers and CNN, and the difference of each model from the readers."""
    rows = list(_rows(part))
    if not rows:
        return []
    found = [_areas(part, rows)]
    found += [_difference(part, rows, number) for number, _model in enumerate(part["models"])]
    return found


def _rows(part: Document) -> Iterator[Row]:
    """Label and subgroup of those with an area."""
    for factor in part["factors"]:
        for row in factor["levels"]:
            if row["readers"]["auc"]["value"] is not None:
                name = level_name(factor["factor"], row["level"])
                counts = f"{row['positives']}/{row['negatives']}"
                yield f"{factor_name(factor['factor'])}: {name} ({counts})", row


def _areas(part: Document, rows: list[Row]) -> Figure:
    readers = points(
        [(label, row["readers"]["auc"]) for label, row in rows],
        _("Readers, mean"),
        colour=TEXT,
        symbol="diamond",
        hover="%{x:.3f}",
    )
    models = [
        points(
            [(label, row["models"][number]["auc"]) for label, row in rows],
            model["name"],
            colour=CNN if number == 0 else f"var(--series-{number + 1})",
            symbol=("circle", "square", "triangle-up")[number % 3],
            hover="%{x:.3f}",
        )
        for number, model in enumerate(part["models"])
    ]
    plot = {"data": [*models, readers], "layout": forest_layout(len(rows), "AUC")}
    return Figure("subgroups-auc", _("AUC in subgroups"), _caption(part), plot, "subgroups-readers")


def _difference(part: Document, rows: list[Row], number: int) -> Figure:
    model = part["models"][number]["name"]
    mark = points(
        [(label, row["models"][number]["difference"]["auc"]) for label, row in rows],
        _("%(model)s − readers") % {"model": model},
        colour=CNN,
        symbol="square",
        hover="%{x:+.3f}",
    )
    layout = {
        **forest_layout(len(rows), _("Difference of AUC"), tickformat="+.2f"),
        "shapes": [upright(0.0)],
        "showlegend": False,
    }
    title = _("AUC of %(model)s minus the readers' in subgroups") % {"model": model}
    return Figure(
        f"subgroups-difference-{number + 1}",
        title,
        _caption(part) + _(" Right of the dotted line the CNN is better."),
        {"data": [mark], "layout": layout},
        f"subgroups-difference-{number + 1}",
    )


def _caption(part: Document) -> str:
    told = (
        _("Subgroups fixed before anybody read. ")
        if part["is_prespecified"]
        else _("Exploratory: the subgroups were not fixed before anybody read. ")
    )
    text = _(
        "In brackets the malignant and the benign cases; a subgroup with fewer than %(smallest)d of either is not shown. "
        "Readers' means and differences with intervals over random readers and cases, the CNN's mean over its training runs with DeLong's interval. Nothing is corrected for the number of "
        "subgroups."
    )
    return told + text % part
