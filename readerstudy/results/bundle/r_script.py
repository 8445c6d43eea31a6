"""The R script of a bundle: the primary result in base R, and the calls of MRMCaov, RJafroc and iMRMC, each with what it must give.

Every expected number is a number of the document. MRMCaov compares two tests whose readers are paired, so the run's
scores stand beside every reader (2T-RRRC): F is the square of 1T-RRRC's t, with the same df and p (see
`readerstudy.stats.against.two_treatments`).
"""

from string import Template
from typing import Any

from readerstudy.results.bundle.contents import run_codes
from readerstudy.results.table import ReadingTable

Document = dict[str, Any]

_HEAD = Template("""\
# The primary result of the study, computed again in R from the files of this bundle.
# Run it in the folder of the bundle: Rscript primary_result.R
# Part 1 needs R alone. Parts 2 to 4 need MRMCaov, RJafroc and iMRMC, and are left out where a package is not installed.
# Every expected number is that of analysis.json at full precision; its place there stands beside it.

reads <- read.csv("reads.csv", stringsAsFactors = FALSE, na.strings = "")
truth <- read.csv("truth.csv", stringsAsFactors = FALSE)
scores <- read.csv("scores.csv", stringsAsFactors = FALSE)
long <- read.csv("mrmcaov.csv", stringsAsFactors = FALSE)

check <- function(name, found, expected, tolerance = 1e-8) {
  same <- length(found) == 1 && !is.na(found) && abs(found - expected) <= tolerance * max(1, abs(expected))
  cat(sprintf("%-60s %.12g expected %.12g %s\\n", name, found, expected, if (same) "ok" else "DIFFERENT"))
}

# --- 1. Base R: sensitivity and specificity of the readers, specificity of the CNN at the same sensitivity ---------
# The answers that count: the first unaided reading of each reader and case, in its newest version; complete readers.
order_of <- read.csv("order.csv", stringsAsFactors = FALSE)
key <- c("reader", "session", "place")
reads <- merge(reads, order_of[c(key, "repeat_of_session")], by = key)
first <- reads[reads$$level == 1 & reads$$arm %in% c("unaided", "sequential") & is.na(reads$$repeat_of_session), ]
first <- first[order(first$$reader, first$$session, first$$place, -first$$version), ]
first <- first[!duplicated(first[key]), ]
complete <- c($complete)
first <- merge(first[first$$reader %in% complete & !is.na(first$$decision), ], truth, by = "case")
biopsy <- first$$decision == "biopsy / further treatment"
ill <- first$$malignant == 1
sensitivity <- tapply(biopsy[ill], first$$reader[ill], mean)
specificity <- tapply(!biopsy[!ill], first$$reader[!ill], mean)
""")
_COMPLETE_WIDTH = 8

_MATCHED = Template("""
# On the empirical ROC of a run, straight lines between its points; on a horizontal piece the largest specificity.
matched <- function(truth, score, target) {
  thresholds <- sort(unique(score), decreasing = TRUE)
  tpf <- c(0, sapply(thresholds, function(c) mean(score[truth == 1] >= c)))
  fpf <- c(0, sapply(thresholds, function(c) mean(score[truth == 0] >= c)))
  at <- which(tpf >= target - 1e-12)[1]
  if (at == 1 || abs(tpf[at] - target) <= 1e-12) return(1 - fpf[at])
  weight <- (target - tpf[at - 1]) / (tpf[at] - tpf[at - 1])
  1 - fpf[at - 1] - weight * (fpf[at] - fpf[at - 1])
}
area <- function(truth, score) {
  ranks <- rank(score)
  n1 <- sum(truth == 1); n0 <- sum(truth == 0)
  (sum(ranks[truth == 1]) - n1 * (n1 + 1) / 2) / (n0 * n1)
}
scores <- merge(scores, truth[c("case", "malignant")], by = "case")
one_run <- function(code) scores[scores$$code == code, ]
""")

_MRMCAOV = Template("""
# --- 2. MRMCaov: AUC of run $code against the readers' mean AUC, readers and cases random, DeLong covariance ---------
# mrmc(empirical_auc(truth, score), test, reader, case, data = paired, cov = DeLong)
# The comparison's F is the square of t = $t (models[$model].against_readers[$run].t), with df2 = $df, p = $p.
if (requireNamespace("MRMCaov", quietly = TRUE)) {
  library(MRMCaov)
  readers <- long[long$$test == "readers", ]
  algorithm <- long[long$$test == "$code", c("case", "score")]
  copies <- merge(readers[c("reader", "case", "truth")], algorithm, by = "case")
  copies$$test <- "$code"
  paired <- rbind(readers[c("reader", "test", "case", "truth", "score")], copies[c("reader", "test", "case", "truth", "score")])
  paired[c("reader", "test", "case")] <- lapply(paired[c("reader", "test", "case")], factor)
  result <- summary(mrmc(empirical_auc(truth, score), test, reader, case, data = paired, cov = DeLong))
  print(result)
  cat("expected: AUC $algorithm (run) and $readers (readers), difference $effect, F $f, df2 $df, p $p\\n")
}
""")

_RJAFROC = Template("""
# --- 3. RJafroc: the same comparison; it takes the jackknife covariance, so that its p differs a little --------------
# StCadVsRad(dataset, FOM = "Wilcoxon", method = "1T-RRRC"); the algorithm must be the first reader.
# It gives readers − algorithm: expected $minus_effect, with AUC $algorithm for the algorithm (models[$model].against_readers[$run]).
if (requireNamespace("RJafroc", quietly = TRUE)) {
  whole <- RJafroc::DfReadDataFile("rjafroc.xlsx", newExcelFileFormat = TRUE)
  run <- match("$code", whole$$descriptions$$readerID)
  readers <- setdiff(seq_along(whole$$descriptions$$readerID), seq_len($runs))
  dataset <- RJafroc::DfExtractDataset(whole, 1, c(run, readers))
  print(RJafroc::StCadVsRad(dataset, FOM = "Wilcoxon", method = "1T-RRRC"))
  cat("expected: readers - algorithm $minus_effect, algorithm $algorithm, mean of the readers $readers\\n")
}
""")

_IMRMC = Template("""
# --- 4. iMRMC: the readers' mean AUC, U-statistics --------------------------------------------------------------------
# doAUCmrmc(data) on the modality "unaided"; a run is a modality with one reader, which iMRMC cannot analyse alone.
# $said
if (requireNamespace("iMRMC", quietly = TRUE)) {
  lines <- readLines("study.imrmc")
  data <- read.csv(text = lines[-seq_len(grep("^BEGIN DATA", lines))], header = FALSE, stringsAsFactors = FALSE,
                   col.names = c("readerID", "caseID", "modalityID", "score"))
  data <- data[data$$modalityID %in% c("truth", "unaided"), ]
  data[1:3] <- lapply(data[1:3], factor)
  print(iMRMC::doAUCmrmc(data)$$Ustat)
  $expected
}
""")


def r_script(table: ReadingTable, document: Document) -> bytes:
    """The script; parts whose numbers the document lacks are left out."""
    parts = [_head(document), _rates(document), _MATCHED.substitute()]
    parts += [_runs(table, document), *_against(table, document), _imrmc(table, document)]
    return "".join(parts).encode()


def _head(document: Document) -> str:
    codes = [f'"{point["code"]}"' for point in document["readers"]["points"]]
    lines = [
        ", ".join(codes[start : start + _COMPLETE_WIDTH])
        for start in range(0, len(codes), _COMPLETE_WIDTH)
    ]
    return _HEAD.substitute(complete=",\n  ".join(lines))


def _rates(document: Document) -> str:
    lines = []
    for name in ("sensitivity", "specificity"):
        for key, function in (("mean", "mean"), ("low", "min"), ("high", "max")):
            value = document["readers"][name][key]
            lines.append(_check(f"readers.{name}.{key}", f"{function}({name})", value))
    return "".join(lines)


def _check(name: str, code: str, value: float | None) -> str:
    return "" if value is None else f'check("{name}", {code}, {value!r})\n'


def _runs(table: ReadingTable, document: Document) -> str:
    lines = []
    for place, (model, codes) in enumerate(zip(document["models"], run_codes(table), strict=True)):
        row = model["matched"][0]["specificity_at_sensitivity"][0]
        for number, (run, code) in enumerate(zip(model["runs"], codes, strict=True)):
            where, data = f"models[{place}]", f'one_run("{code}")'
            lines += [
                _check(f"{where}.runs[{number}].auc.value", f"with({data}, area(malignant, score))", run["auc"]["value"]),
                _check(
                    f"{where}.matched[0].specificity_at_sensitivity[0].per_run[{number}]",
                    f"with({data}, matched(malignant, score, mean(sensitivity)))", row["per_run"][number],
                ),
            ]  # fmt: skip
    return "".join(lines)


def _against(table: ReadingTable, document: Document) -> list[str]:
    """The comparison of the first run that has one, as MRMCaov and RJafroc compute it."""
    runs = sum(len(codes) for codes in run_codes(table))
    for place, (model, codes) in enumerate(zip(document["models"], run_codes(table), strict=True)):
        for number, (row, code) in enumerate(zip(model["against_readers"], codes, strict=False)):
            if row["t"] is not None:
                words = {
                    **{name: repr(row[name]) for name in ("effect", "algorithm", "readers", "t", "df", "p")},
                    "f": repr(row["t"] ** 2), "minus_effect": repr(-row["effect"]),
                    "code": code, "model": place, "run": number, "runs": runs,
                }  # fmt: skip
                return [_MRMCAOV.substitute(words), _RJAFROC.substitute(words)]
    return []


def _imrmc(table: ReadingTable, document: Document) -> str:
    """IMRMC weighs readers by their pairs of cases: its mean is that of the document where everybody graded everything."""
    areas = [point["auc"]["value"] for point in document["readers"]["points"]]
    skipped = sum(point["not_assessable"] for point in document["readers"]["points"])
    if skipped or not table.is_crossed:
        return _IMRMC.substitute(
            said="Not every reader graded every case, so it weighs readers by what they graded.",
            expected='cat("no expected number: not every reader graded every case\\n")',
        )
    mean = repr(sum(areas) / len(areas))
    return _IMRMC.substitute(
        said=f"Its AUC must be the mean of readers.points[].auc.value: {mean}.",
        expected=f'cat("expected: AUC {mean}\\n")',
    )
