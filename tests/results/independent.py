"""A second analysis of a bundle, which shares no code with the first: the exported CSV files, `csv` and plain loops.

`python -m tests.results.independent BUNDLE.zip` checks a bundle's analysis.json and tables number by number.
"""

import csv
import io
import itertools
import json
import math
import re
import sys
import zipfile
from statistics import NormalDist

BIOPSY = "biopsy / further treatment"
TOLERANCE = 1e-9


# --- Reading ---------------------------------------------------------------------------------------------------------


def rows_of(files, name):
    """The rows of a CSV file as dictionaries."""
    return list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))


def first_answers(files):
    """(reader, case) → row of the answer that counts: unaided, no repeat, newest version; and who was given what."""
    repeats, given = set(), {}
    for row in rows_of(files, "order.csv"):
        key = row["reader"], row["session"], row["place"]
        if row["repeat_of_session"]:
            repeats.add(key)
        elif row["arm"] != "aided":
            given.setdefault(row["reader"], set()).add(row["case"])
    newest = {}
    for row in rows_of(files, "reads.csv"):
        key = row["reader"], row["session"], row["place"]
        if row["level"] != "1" or row["arm"] == "aided" or key in repeats:
            continue
        at = row["reader"], row["case"]
        if at not in newest or int(newest[at]["version"]) < int(row["version"]):
            newest[at] = row
    return newest, given


class Study:
    """Everything that the numbers are counted from, as dictionaries."""

    def __init__(self, files):
        self.truth = {row["case"]: int(row["malignant"]) for row in rows_of(files, "truth.csv")}
        self.diagnosis = {row["case"]: row["diagnosis"] for row in rows_of(files, "truth.csv")}
        self.cases = [row["case"] for row in rows_of(files, "cases.csv")]
        self.readers = {row["reader"]: row for row in rows_of(files, "readers.csv")}
        answers, given = first_answers(files)
        self.is_crossed = json.loads(files["design.json"])["design"] not in ("blocks", "once")
        self.answers = answers
        self.complete = [
            reader
            for reader in self.readers
            if all((reader, case) in answers for case in (self.cases if self.is_crossed else given.get(reader, ())))
            and {self.truth[case] for case in self.cases if self.grade(reader, case) is not None} == {0, 1}
        ]  # fmt: skip
        self.runs = {}
        for row in rows_of(files, "scores.csv"):
            self.runs.setdefault((row["model"], row["run"]), {})[row["case"]] = float(row["score"])

    def grade(self, reader, case):
        """1 for a biopsy, 0 for none, None where the case was not graded."""
        row = self.answers.get((reader, case))
        if row is None or not row["decision"]:
            return None
        return int(row["decision"] == BIOPSY)

    def rating(self, reader, case):
        row = self.answers.get((reader, case))
        return float(row["rating"]) if row and row["rating"] else None


# --- Numbers ---------------------------------------------------------------------------------------------------------


def mean(values):
    return sum(values) / len(values)


def variance(values):
    centre = mean(values)
    return sum((value - centre) ** 2 for value in values) / (len(values) - 1)


def covariance(one, other):
    a, b = mean(one), mean(other)
    return sum((x - a) * (y - b) for x, y in zip(one, other, strict=True)) / (len(one) - 1)


def incomplete_beta(a, b, x):
    """I_x(a, b) by its continued fraction (Lentz)."""
    if x in (0.0, 1.0):
        return x
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))  # fmt: skip
    f, c, d = 1.0, 1.0, 0.0
    for step in range(2000):
        m = step // 2
        if step == 0:
            part = 1.0
        elif step % 2 == 0:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + part * d or 1e-300)
        c = 1 + part / c or 1e-300
        f *= c * d
        if abs(1 - c * d) < 1e-15:
            break
    return front * (f - 1) / a


def t_tail(t, df):
    """P(T > |t|); with many degrees of freedom by its expansion about the normal one."""
    if df > 1e5:
        z = abs(t) * (1 - (t**2 + 1) / (4 * df) + (13 * t**4 + 8 * t**2 + 3) / (96 * df**2))
        return 0.5 * math.erfc(z / math.sqrt(2))
    return 0.5 * incomplete_beta(df / 2, 0.5, df / (df + t * t))


def t_quantile(df, tail=0.025):
    low, high = 0.0, 20.0 if df > 1e5 else 1e6
    for _step in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_tail(middle, df) > tail else (low, middle)
    return (low + high) / 2


def pair(negative, positive):
    return 1.0 if positive > negative else 0.5 if positive == negative else 0.0


def components(scores, truth):
    """AUC by pairs, and DeLong's structural components of the positive and of the negative cases."""
    positive = [score for score, label in zip(scores, truth, strict=True) if label]
    negative = [score for score, label in zip(scores, truth, strict=True) if not label]
    of_positive = [mean([pair(n, p) for n in negative]) for p in positive]
    of_negative = [mean([pair(n, p) for p in positive]) for n in negative]
    return mean(of_positive), of_positive, of_negative


def auc_with_interval(scores, truth):
    """AUC, and DeLong's interval clipped to [0, 1], or None for none."""
    area, of_positive, of_negative = components(scores, truth)
    if len(of_positive) < 2 or len(of_negative) < 2:
        return area, None
    spread = variance(of_positive) / len(of_positive) + variance(of_negative) / len(of_negative)
    if spread < 1e-20:
        return area, None
    half = NormalDist().inv_cdf(0.975) * math.sqrt(spread)
    return area, (max(area - half, 0.0), min(area + half, 1.0))


def curve(scores, truth):
    """The empirical ROC as a list of (FPF, TPF), from (0, 0)."""
    n1 = sum(truth)
    n0 = len(truth) - n1
    points = [(0.0, 0.0)]
    for threshold in sorted(set(scores), reverse=True):
        called = [label for score, label in zip(scores, truth, strict=True) if score >= threshold]
        points.append(((len(called) - sum(called)) / n0, sum(called) / n1))
    return points


def specificity_at(points, target):
    """On the polygon; of several points with the same TPF the best one."""
    return along([(tpf, 1 - fpf) for fpf, tpf in points], target)


def sensitivity_at(points, target):
    return along([(1 - fpf, tpf) for fpf, tpf in reversed(points)], target)


def along(pieces, target):
    """`pieces` rise in the first value and fall in the second."""
    same = [other for at, other in pieces if abs(at - target) < 1e-9]
    if same:
        return max(same)
    for (a, x), (b, y) in itertools.pairwise(pieces):
        if a < target < b:
            return x + (target - a) / (b - a) * (y - x)
    raise ValueError(target)


def interval_of_mean(rows):
    """The interval of the mean over readers of the share of right answers, readers and cases random; None for none."""
    shares, n_readers, n_cases = [mean(row) for row in rows], len(rows), len(rows[0])
    if n_readers < 2 or n_cases < 2 or any(value is None for row in rows for value in row):
        return None
    pairs = [covariance(rows[i], rows[j]) / n_cases for i in range(n_readers) for j in range(i)]
    ms, cov2 = variance(shares), max(mean(pairs), 0.0)
    spread = ms + n_readers * cov2
    if spread < 1e-20:
        return None
    df = (n_readers - 1) * (spread / ms) ** 2 if ms > 1e-20 else math.inf
    half = t_quantile(df) * math.sqrt(spread / n_readers)
    return max(mean(shares) - half, 0.0), min(mean(shares) + half, 1.0)


def against_readers(algorithm, readers, truth):
    """AUC of the algorithm − the readers' mean AUC: effect, SE, t, df, p, limits; readers and cases random, DeLong."""
    own, *others = [components(row, truth) for row in (algorithm, *readers)]
    effects = [own[0] - one[0] for one in others]
    n_readers = len(effects)
    parts = [[[a - b for a, b in zip(own[side], one[side], strict=True)] for one in others] for side in (1, 2)]  # fmt: skip
    pairs = [
        sum(covariance(part[i], part[j]) / len(part[i]) for part in parts)
        for i in range(n_readers)
        for j in range(i)
    ]
    ms, effect = variance(effects), mean(effects)
    spread = ms + n_readers * max(mean(pairs), 0.0)
    se, df = math.sqrt(spread / n_readers), (n_readers - 1) * (spread / ms) ** 2
    half = t_quantile(df) * se
    return {
        "effect": effect, "se": se, "t": effect / se, "df": df, "p": 2 * t_tail(effect / se, df),
        "low": effect - half, "high": effect + half,
    }  # fmt: skip


# --- The document, path by path --------------------------------------------------------------------------------------


def expected_numbers(files, document):
    """Path in analysis.json → number, all counted from the CSV files; `document` says only what stands in which place."""
    study = Study(files)
    found = {**counts_of(study), **readers_of(study, document), **cases_of(study)}
    for place, model in enumerate(document["models"]):
        found |= model_of(study, document, place, model)
    return found


def counts_of(study):
    graded = sum(study.grade(reader, case) is not None for reader in study.readers for case in study.cases)  # fmt: skip
    skipped = sum(not row["decision"] for row in study.answers.values())
    return {
        "counts.readers": len(study.complete),
        "counts.incomplete_readers": len(study.readers) - len(study.complete),
        "counts.cases": len(study.cases),
        "counts.positives": sum(study.truth.values()),
        "counts.negatives": len(study.cases) - sum(study.truth.values()),
        "counts.readings": graded,
        "counts.not_assessable": skipped,
    }


def point_of(study, reader):
    """The 2 × 2 table and rates of one reader."""
    table = {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 0}
    for case in study.cases:
        grade = study.grade(reader, case)
        if grade is not None:
            table[study.truth[case], grade] += 1
    return {
        "tp": table[1, 1], "fn": table[1, 0], "tn": table[0, 0], "fp": table[0, 1],
        "sensitivity": table[1, 1] / (table[1, 1] + table[1, 0]),
        "specificity": table[0, 0] / (table[0, 0] + table[0, 1]),
        "not_assessable": sum(
            (reader, case) in study.answers and study.grade(reader, case) is None for case in study.cases
        ),
    }  # fmt: skip


def readers_of(study, document):
    found = rates_of(study, "readers", study.complete)
    for kind, column in (("groups", "group"), ("institutions", "institution")):
        for place, row in enumerate(document["readers"][kind]):
            chosen = [one for one in study.complete if study.readers[one][column] == row["name"]]
            found[f"readers.{kind}[{place}].n"] = len(chosen)
            found |= rates_of(study, f"readers.{kind}[{place}]", chosen)
    for place, reader in enumerate(study.complete):
        path = f"readers.points[{place}]"
        found |= {f"{path}.{name}": value for name, value in point_of(study, reader).items()}
        graded = [case for case in study.cases if study.grade(reader, case) is not None]
        ratings = [study.rating(reader, case) for case in graded]
        area, limits = auc_with_interval(ratings, [study.truth[case] for case in graded])
        low, high = limits or (None, None)
        found |= {f"{path}.auc.value": area, f"{path}.auc.low": low, f"{path}.auc.high": high}
    return found


def rates_of(study, path, readers):
    found = {f"{path}.n": len(readers)}
    points = [point_of(study, reader) for reader in readers]
    for name, label in (("sensitivity", 1), ("specificity", 0)):
        values = [point[name] for point in points]
        grades = [[study.grade(reader, case) for case in study.cases if study.truth[case] == label] for reader in readers]  # fmt: skip
        is_whole = all(grade is not None for row in grades for grade in row)
        right = [[int(grade == label) for grade in row] for row in grades]
        low, high = (interval_of_mean(right) if is_whole else None) or (None, None)
        found |= {
            f"{path}.{name}.mean": mean(values), f"{path}.{name}.low": min(values), f"{path}.{name}.high": max(values),
        }  # fmt: skip
        if study.is_crossed:
            found |= {f"{path}.{name}.interval.low": low, f"{path}.{name}.interval.high": high}
    return found


def cases_of(study):
    found = {}
    for place, case in enumerate(study.cases):
        grades = [study.grade(reader, case) for reader in study.complete]
        found[f"cases[{place}].malignant"] = study.truth[case]
        found[f"cases[{place}].biopsy_votes"] = sum(grade == 1 for grade in grades)
        found[f"cases[{place}].graded"] = sum(grade is not None for grade in grades)
    return found


def model_of(study, document, place, model):
    path, truth = f"models[{place}]", [study.truth[case] for case in study.cases]
    scores = [[study.runs[model["id"], run["label"]][case] for case in study.cases] for run in model["runs"]]  # fmt: skip
    curves = [curve(row, truth) for row in scores]
    found, areas = {}, []
    for number, row in enumerate(scores):
        area, limits = auc_with_interval(row, truth)
        areas.append(area)
        low, high = limits or (None, None)
        at = f"{path}.runs[{number}].auc"
        found |= {f"{at}.value": area, f"{at}.low": low, f"{at}.high": high}
    found |= {f"{path}.auc.mean": mean(areas), f"{path}.auc.low": min(areas), f"{path}.auc.high": max(areas)}  # fmt: skip
    found |= matched_of(study, path, model, curves)
    found |= comparison_of(study, path, curves)
    return found | against_of(study, path, scores)


def matched_of(study, path, model, curves):
    """Interpolated matching, the paper's, at the means of all readers and of each group."""
    found = {}
    kinds = (
        ("specificity_at_sensitivity", "sensitivity", "specificity", specificity_at),
        ("sensitivity_at_specificity", "specificity", "sensitivity", sensitivity_at),
    )
    for key, at, of, read in kinds:
        for place, row in enumerate(model["matched"][0][key]):
            chosen = [one for one in study.complete if row["group"] in ("", study.readers[one]["group"])]  # fmt: skip
            points = [point_of(study, reader) for reader in chosen]
            target, own = mean([point[at] for point in points]), mean([point[of] for point in points])  # fmt: skip
            values = [read(points, target) for points in curves]
            where = f"{path}.matched[0].{key}[{place}]"
            found |= {f"{where}.per_run[{number}]": value for number, value in enumerate(values)}
            found |= {
                f"{where}.n": len(chosen), f"{where}.target": target, f"{where}.readers": own,
                f"{where}.mean": mean(values), f"{where}.low": min(values), f"{where}.high": max(values),
                f"{where}.difference": mean(values) - own,
            }  # fmt: skip
    return found


def comparison_of(study, path, curves):
    """How many readers each run, and the mean of the runs, beats in both rates, in one, in neither."""
    points = [point_of(study, reader) for reader in study.complete]
    rates = [
        [(specificity_at(one, point["sensitivity"]), sensitivity_at(one, point["specificity"])) for point in points]
        for one in curves
    ]  # fmt: skip
    means = [tuple(mean([run[j][side] for run in rates]) for side in (0, 1)) for j in range(len(points))]  # fmt: skip
    found = {}
    for where, of in [*((f"runs[{n}]", row) for n, row in enumerate(rates)), ("mean", means)]:
        wins = [
            (specificity > point["specificity"] + 1e-9) + (sensitivity > point["sensitivity"] + 1e-9)
            for (specificity, sensitivity), point in zip(of, points, strict=True)
        ]  # fmt: skip
        for name, number in (("both", 2), ("one", 1), ("neither", 0)):
            found[f"{path}.comparison.{where}.{name}"] = wins.count(number)
    return found


def against_of(study, path, scores):
    graded = [
        place
        for place, case in enumerate(study.cases)
        if all(study.rating(reader, case) is not None for reader in study.complete)
    ]
    truth = [study.truth[study.cases[place]] for place in graded]
    if len(set(truth)) < 2 or len(study.complete) < 2:
        return {}
    readers = [[study.rating(reader, study.cases[place]) for place in graded] for reader in study.complete]  # fmt: skip
    found = {}
    for number, row in enumerate(scores):
        values = against_readers([row[place] for place in graded], readers, truth)
        found |= {f"{path}.against_readers[{number}].{name}": value for name, value in values.items()}  # fmt: skip
        found[f"{path}.against_readers[{number}].cases"] = len(graded)
    return found


# --- Comparing -------------------------------------------------------------------------------------------------------


def at_path(document, path):
    """The value that stands at a path such as readers.points[3].auc.value."""
    for name, place in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        document = document[name] if name else document[int(place)]
    return document


def is_same(one, other):
    if one is None or other is None:
        return one is other
    # Degrees of freedom of a variance near zero are large numbers that hang on its last digits.
    return math.isclose(one, other, rel_tol=1e-6 if abs(other) > 1e5 else TOLERANCE, abs_tol=1e-10)


def faults_of(files):
    """(how many numbers were compared, sentences on those that differ) of analysis.json and of the tables."""
    document = json.loads(files["analysis.json"])["document"]
    expected = expected_numbers(files, document)
    faults = [
        f"{path}: {at_path(document, path)} in analysis.json, {value} counted"
        for path, value in expected.items()
        if not is_same(at_path(document, path), value)
    ]
    cells = list(table_cells(files, document, expected))
    faults += [f"{where}: {cell} in the table, {value} counted" for where, cell, value in cells if not is_same(number(cell), value)]  # fmt: skip
    return len(expected) + len(cells), faults


def number(cell):
    return float(cell) if cell else None


def table_cells(files, document, expected):
    """(place, cell, counted number) of the tables that show these numbers."""
    groups = ["readers", *(f"readers.groups[{n}]" for n in range(len(document["readers"]["groups"])))]  # fmt: skip
    institutions = [f"readers.institutions[{n}]" for n in range(len(document["readers"]["institutions"]))]  # fmt: skip
    rates = [f"{rate}.{key}" for rate in ("sensitivity", "specificity") for key in ("mean", "low", "high", "interval.low", "interval.high")]  # fmt: skip
    yield from lines(files, "tables/groups.csv", groups, ["n", *rates], expected, skip=1)
    yield from lines(files, "tables/institutions.csv", institutions, ["n", *rates], expected, skip=1)  # fmt: skip
    points = [f"readers.points[{n}]" for n in range(document["counts"]["readers"])]
    names = ["tp", "fn", "tn", "fp", "sensitivity", "specificity", "auc.value", "auc.low", "auc.high", "not_assessable"]  # fmt: skip
    yield from lines(files, "tables/readers.csv", points, names, expected, skip=4)
    for place, model in enumerate(document["models"]):
        path, name = f"models[{place}]", f"tables/model-{place + 1}"
        runs = range(len(model["runs"]))
        areas = [f"{path}.runs[{n}].auc" for n in runs]
        yield from lines(files, f"{name}-auc.csv", areas, ["value", "low", "high"], expected, skip=1)  # fmt: skip
        counts = [f"{path}.comparison.runs[{n}]" for n in runs]
        yield from lines(files, f"{name}-comparison.csv", counts, ["both", "one", "neither"], expected, skip=1)  # fmt: skip
        against = [f"{path}.against_readers[{n}]" for n in range(len(model["against_readers"]))]
        if f"{path}.against_readers[0].effect" in expected:
            yield from lines(files, f"{name}-against-readers.csv", against, ["effect", "low", "high", "t", "df", "p"], expected, skip=1)  # fmt: skip
        for key in ("specificity_at_sensitivity", "sensitivity_at_specificity"):
            rows = [f"{path}.matched[0].{key}[{n}]" for n in range(len(model["matched"][0][key]))]
            columns = ["n", "target", "readers", "mean", "low", "high", "difference"]
            yield from lines(files, f"{name}-{key.replace('_', '-')}.csv", rows, columns, expected, skip=2)  # fmt: skip


# Counted here for crossed designs alone: the U-statistics of a split plot have tests of their own.
OF_CROSSED = (
    "sensitivity.interval.low",
    "sensitivity.interval.high",
    "specificity.interval.low",
    "specificity.interval.high",
)


def lines(files, name, rows, columns, expected, *, skip):
    """The cells of a table whose rows and columns (after the first `skip`) show these paths."""
    _header, *found = csv.reader(io.StringIO(files[name].decode(), newline=""))
    for line, (row, path) in enumerate(zip(found, rows, strict=False), start=2):
        for cell, column in zip(row[skip:], columns, strict=False):
            if column in OF_CROSSED and f"{path}.{column}" not in expected:
                continue
            yield f"{name}, row {line}, {column}", cell, expected[f"{path}.{column}"]


def main(path):
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    compared, faults = faults_of(files)
    print(f"{compared} numbers compared, {len(faults)} differ", *faults[:50], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
