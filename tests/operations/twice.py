"""Every task delivered twice and at once, inside an installation; `main` prints what the second delivery changed."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

from django.apps import apps
from django.core.files.base import File
from django.db import connection

from inference.models import ModelRun, Score
from inference.services import start_runs
from inference.tasks import make_pixels_task, run_model_task
from inference.tasks import sweep_task as sweep_runs
from readerstudy.accounts.models import User
from readerstudy.accounts.tasks import mail_reset_task
from readerstudy.auditing import tasks as auditing
from readerstudy.auditing.models import TrailCheck
from readerstudy.celery import app
from readerstudy.core.clock import now
from readerstudy.core.models import AuditEvent
from readerstudy.intake.services import confirm_job, create_job
from readerstudy.intake.tasks import apply_job_task, plan_job_task
from readerstudy.intake.tasks import sweep_task as sweep_imports
from readerstudy.operations import tasks as operations
from readerstudy.privacy.tasks import retention_task
from readerstudy.results.models import Analysis, ReportFile
from readerstudy.results.report.services import request_pdf
from readerstudy.results.report.tasks import make_report_task
from readerstudy.results.services import request_analysis
from readerstudy.results.tasks import run_analysis_task
from readerstudy.results.tasks import sweep_task as sweep_results
from tests.inference.factories import make_locked_study, make_model
from tests.intake.archives import manifest, rows
from tests.intake.photographs import jpeg
from tests.results.unblinded import read_study, unblinded

# Marks of time and of the worker, which are no part of what was done.
PASSING = {"heartbeat_at", "queued_at", "heard_of_at", "environment", "last_login"}


def person(role):
    return User.objects.create(role=role, email=f"{role}@example.org", name=role.title())


def at_once(task, *args, **kwargs):
    """Both begin at the same moment. Whatever they raise is raised."""
    barrier = threading.Barrier(2)

    def deliver(_number):
        barrier.wait()
        try:
            task.run(*args, **kwargs)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(deliver, range(2)))
    ran.add(task.name)


def state():
    """Every row of every table, but for marks of time."""
    told = {}
    for model in apps.get_models():
        names = [one.attname for one in model._meta.concrete_fields if one.name not in PASSING]
        told[model._meta.label] = sorted(map(repr, model._default_manager.values_list(*names)))
    return told


def verbs():
    return sorted(AuditEvent.objects.values_list("verb", flat=True))


ran = set()


def main(folder):
    admin, coordinator = person("admin"), person("coordinator")
    found = {}

    def done(name, task, *args, **kwargs):
        """After both at once, a third delivery changes nothing."""
        at_once(task, *args, **kwargs)
        before = state()
        task.run(*args, **kwargs)
        after = state()
        found[name] = [label for label in after if after[label] != before[label]]

    job = create_job(
        actor=admin, name="Twice", is_synthetic=True, archive=File(archive(folder), name="a.zip"),
        now=now(),
    )  # fmt: skip
    done("plan", plan_job_task, job.pk)
    job.refresh_from_db()
    confirm_job(actor=admin, job=job, now=now())
    done("apply", apply_job_task, job.pk)
    study = make_locked_study(admin=admin, coordinator=coordinator, now=now(), title="Runs")
    (run,) = start_runs(
        actor=coordinator, model=make_model(admin=admin, now=now()), study=study, now=now()
    )
    done("run", run_model_task, run_id=run.pk)
    done("pixels", make_pixels_task, image_set_id=study.image_set_id)
    read = read_study(admin=admin, coordinator=coordinator, now=now(), title="Read")
    read = unblinded(read, coordinator=coordinator, now=now())
    analysis = Analysis.objects.filter(study=read).first() or request_analysis(
        actor=coordinator, study=read, now=now()
    )
    done("analysis", run_analysis_task, analysis_id=analysis.pk)
    analysis.refresh_from_db()
    file = request_pdf(actor=coordinator, analysis=analysis, language="en", now=now())
    done("report", make_report_task, file_id=file.pk)
    done("checkpoint", auditing.checkpoint_task)
    done("daily check", auditing.daily_check_task)
    done("trail", auditing.verify_trail_task, check_id=TrailCheck.objects.get().pk)
    done("retention", retention_task)
    # A mail that is sent again is a second mail, and the trail tells of both.
    at_once(mail_reset_task, user_id=coordinator.pk, root="http://localhost")
    done("tidy", operations.tidy_task)
    done("notices", operations.tell_who_may_go_on_task)
    for number, sweep in enumerate((sweep_runs, sweep_imports, sweep_results)):
        done(f"sweep{number}", sweep)
    job.refresh_from_db()
    run.refresh_from_db()
    ours = {name for name in app.tasks if not name.startswith(("celery.", "tests."))}
    print(
        json.dumps(
            {
                "changed": {name: labels for name, labels in found.items() if labels},
                "left_out": sorted(ours - ran),
                "job": job.state,
                "photographs": job.image_set.cases.count(),
                "run": ModelRun.objects.get(pk=run.pk).state,
                "scores": Score.objects.filter(run=run).count(),
                "analysis": Analysis.objects.get(pk=analysis.pk).state,
                "report": ReportFile.objects.get(pk=file.pk).state,
                "verbs": {verb: verbs().count(verb) for verb in ONCE},
            }
        )
    )


ONCE = ("model_run.done", "analysis finished", "import.confirmed")


def archive(folder):
    from tests.intake.archives import make_zip

    files = {"manifest.csv": manifest(rows(6))}
    files |= {f"photo{n}.png": jpeg(n, 320, 240) for n in range(6)}
    path = make_zip(Path(folder) / "twice.zip", files)
    return BytesIO(Path(path).read_bytes())
