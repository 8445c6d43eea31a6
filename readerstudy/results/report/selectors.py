"""Reading of reports: only of finished analyses, and only after unblinding."""

from readerstudy.accounts.models import User
from readerstudy.core.errors import NotFound
from readerstudy.results.access import results_of
from readerstudy.results.models import Analysis
from readerstudy.results.report.blocks import Report
from readerstudy.results.report.chapters import build_report
from readerstudy.results.report.facts import facts_of
from readerstudy.results.report.models import ChecklistText, ReportFile
from readerstudy.studies.models import Study
from readerstudy.studies.permissions import check_may_analyse

LANGUAGES = ("en", "de")


def reported_analysis(user: User, slug: str) -> Analysis:
    """The newest finished analysis of a study whose results the user may read. Raises NotFound where there is none to report."""
    study, analysis = results_of(user, slug)
    # The study with the counts that its pages show.
    analysis.study = study
    return analysis


def written_analysis(user: User, slug: str) -> Analysis:
    """The same for those who work on the report. Raises NotAllowed for those who may only read it."""
    analysis = reported_analysis(user, slug)
    check_may_analyse(user, analysis.own_study)
    return analysis


def report_of(analysis: Analysis, language: str) -> Report:
    """The report of a finished analysis with the texts that the coordinators wrote by now."""
    if language not in LANGUAGES:
        raise NotFound("There is no report in this language.")
    texts = texts_of(analysis.own_study)
    return build_report(analysis.document or {}, facts_of(analysis), language=language, texts=texts)


def texts_of(study: Study) -> dict[str, str]:
    """Item of a checklist → text of the coordinators."""
    return dict(ChecklistText.objects.filter(study=study).values_list("item", "text"))


def newest_file(analysis: Analysis, language: str) -> ReportFile | None:
    """The newest PDF that was asked for, finished or not; its content is not read."""
    files = ReportFile.objects.filter(analysis=analysis, language=language)
    return files.defer("content").first()
