"""Who may do what at the addresses of results: of a study nothing before it is unblinded, and admins nothing at all."""

from readerstudy.core.policies import Role, State, Thing, policy, to
from readerstudy.studies.policies import DESCRIBE

ANALYSTS = (Role.COORDINATOR, Role.STATISTICIAN)
REPORTED_TO = (*ANALYSTS, Role.AUDITOR)

# Pages that say before unblinding why there is nothing.
SEALED, EXPORT = to(*REPORTED_TO), to(*ANALYSTS)
READ = to(*REPORTED_TO, state=State.UNBLINDED)
WRITE = to(*ANALYSTS, told=(Role.AUDITOR,), state=State.UNBLINDED)
SHOWN = to(*REPORTED_TO, Role.OWNER, state=State.UNBLINDED)
OWN = to(Role.OWNER, Role.ADMIN)

OF_A_STUDY = ("explore", "readers", "cases", "report", "report-checklists")
IN_A_LANGUAGE = ("html", "docx", "pdf", "tables", "pdf-state")
ENGLISH = {"language": "en"}
CHECKLIST = {"name": "stard-ai"}
FINISHED_PAGES = ("dashboard", "readers", "cases")

POLICIES = [
    policy("results:dashboard", Thing.STUDY, get=SEALED),
    policy("results:plan", Thing.STUDY, get=DESCRIBE, post=EXPORT),
    policy("results:plan-drop", Thing.STUDY, post=EXPORT),
    policy("results:compute", Thing.STUDY, post=EXPORT),
    policy("results:bundle", Thing.STUDY, get=EXPORT, post=EXPORT),
    policy("results:topic", Thing.STUDY, get=READ, arguments={"name": "comparison"}),
    *(policy(f"results:{name}", Thing.STUDY, get=READ) for name in OF_A_STUDY),
    policy("results:reader", Thing.PSEUDONYM, get=READ),
    policy("results:case", Thing.CASE, get=READ),
    *(policy(f"results:report-{name}", Thing.STUDY, get=READ, arguments=ENGLISH) for name in IN_A_LANGUAGE),
    policy("results:report-build-pdf", Thing.STUDY, post=WRITE, arguments=ENGLISH),
    policy("results:report-checklist-text", Thing.STUDY, post=WRITE),
    policy("results:report-checklist-csv", Thing.STUDY, get=READ, arguments=CHECKLIST),
    policy("results:report-checklist-docx", Thing.STUDY, get=READ, arguments=CHECKLIST),
    policy("results:table-csv", Thing.ANALYSIS, get=READ, arguments={"name": "readers"}),
    policy("results:document", Thing.ANALYSIS, get=READ),
    policy("results:own-report", Thing.ENROLMENT, get=to(Role.OWNER, state=State.UNBLINDED)),
    policy("results:case-image", Thing.CASE_IMAGE, get=SHOWN, arguments={"number": "1"}),
    policy("results:case-thumbnail", Thing.CASE_IMAGE, get=SHOWN),
    policy("finished:list", get=to(Role.SITE_COORDINATOR, Role.ADMIN)),
    policy("finished:upload", get=to(Role.SITE_COORDINATOR, Role.ADMIN), post=to(Role.SITE_COORDINATOR, Role.ADMIN)),
    policy("finished:plan", Thing.FINISHED_DRAFT, get=OWN, post=OWN),
    policy("finished:apply", Thing.FINISHED_DRAFT, post=OWN),
    policy("finished:discard", Thing.FINISHED_DRAFT, post=OWN),
    policy("finished:scores", Thing.FINISHED, get=OWN, post=OWN),
    policy("finished:compute", Thing.FINISHED, post=OWN),
    *(policy(f"finished:{name}", Thing.FINISHED, get=OWN) for name in FINISHED_PAGES),
    policy("finished:topic", Thing.FINISHED, get=OWN, arguments={"name": "difficulty"}),
    # What is listed is what one may read.
    policy("api:analysis-list", Thing.STUDY, named_by="study", get=to(Role.SIGNED_IN), post=EXPORT),
    policy("api:analysis-detail", Thing.ANALYSIS, get=READ),
]  # fmt: skip
