"""Every audit event as a sentence. Who did it and to what are filled in; the rest of an event's data stands below it.

The first part of a verb is the key to a table of its own, the second to the sentence. What has no sentence here, from a
room that came later, is told by its verb.
"""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_SENTENCES: dict[str, dict[str, Any]] = {
    "account": {
        "created": _("%(actor)s made the account of %(subject)s."),
        "invited": _("%(actor)s invited %(subject)s."),
        "invitation_accepted": _("%(actor)s accepted the invitation and chose a password."),
        "password_changed": _("%(actor)s changed the password."),
        "signed_in": _("%(actor)s signed in."),
        "signed_out": _("%(actor)s signed out."),
        "session_ended": _("The session of %(subject)s was ended: it had lasted too long."),
        "sign_in_failed": _("A sign-in to the account of %(subject)s failed."),
        "code_refused": _("A wrong code of the second factor was given for the account of %(subject)s."),
        "password_refused": _("A wrong password was given in an open session of %(subject)s."),
        "changed": _("%(actor)s changed name or language of the account."),
    },
    "consent": {"given": _("%(actor)s agreed to take part.")},
    "study": {
        "created": _("%(actor)s made the study %(subject)s."),
        "changed": _("%(actor)s changed title or summary of the study %(subject)s."),
        "protocol_changed": _("%(actor)s changed the protocol of the study %(subject)s."),
        "rank_groups_set": _("%(actor)s set the rank groups of the study %(subject)s."),
        "institutions_set": _("%(actor)s set the institutions of the study %(subject)s."),
        "questions_set": _("%(actor)s set the further questions of the study %(subject)s."),
        "practice_set": _("%(actor)s set the practice of the study %(subject)s."),
        "design_changed": _("%(actor)s changed the design of the study %(subject)s."),
        "conduct_changed": _("%(actor)s changed what surrounds the cases of the study %(subject)s."),
        "sign_rules_set": _("%(actor)s set the rules for signs of the study %(subject)s."),
        "analysis_planned": _("%(actor)s planned the analysis of the study %(subject)s."),
        "analysis_plan_dropped": _("%(actor)s dropped the plan of analysis of the study %(subject)s."),
        "copied": _("%(actor)s copied a study as %(subject)s."),
        "locked": _("%(actor)s locked the study %(subject)s."),
        "reading": _("%(actor)s opened the study %(subject)s for reading."),
        "closed": _("%(actor)s closed the study %(subject)s."),
        "unblinded": _("%(actor)s unblinded the study %(subject)s."),
        "archived": _("%(actor)s archived the study %(subject)s."),
    },
    "staff": {
        "appointed": _("%(actor)s appointed %(person)s to the staff of the study %(subject)s."),
        "dismissed": _("%(actor)s took %(person)s out of the staff of the study %(subject)s."),
    },
    "enrolment": {
        "created": _("%(actor)s invited the reader %(subject)s."),
        "invited_again": _("%(actor)s invited the reader %(subject)s again."),
        "activated": _("The reader %(subject)s began the study."),
        "withdrawn": _("%(actor)s withdrew the reader %(subject)s."),
        "left": _("The reader %(subject)s left the study."),
        "session_opened_early": _("%(actor)s opened a later session to the reader %(subject)s before the washout was over."),
    },
    "readings": {
        "stored": _("The reader %(subject)s answered."),
        "signed": _("%(actor)s signed all answers given."),
    },
    "profile": {"given": _("%(actor)s gave the reader's profile.")},
    "environment": {"recorded": _("What %(actor)s reads on was recorded.")},
    "practice": {"round_completed": _("The reader %(subject)s completed a round of practice.")},
    "message": {
        "written": _("The reader %(subject)s wrote to the coordinators."),
        "sent": _("%(actor)s wrote to the reader %(subject)s."),
    },
    "reader": {"reminded": _("%(actor)s reminded the reader %(subject)s.")},
    "truth": {
        "recorded": _("%(actor)s recorded the reference standard of cases of the image set %(subject)s."),
        "kept": _("%(actor)s added to or corrected the reference standard of the study %(subject)s."),
        "read": _("%(actor)s read the reference standard of the study %(subject)s."),
    },
    "image_set": {
        "created": _("%(actor)s made the image set %(subject)s."),
        "deleted": _("%(actor)s deleted the image set %(subject)s."),
        "declared_training": _("%(actor)s declared that a CNN was trained on the image set %(subject)s."),
        "not_training": _("%(actor)s declared that no CNN was trained on the image set %(subject)s."),
    },
    "import": {
        "uploaded": _("%(actor)s uploaded an archive to be imported."),
        "mapped": _("%(actor)s said what the columns of an import mean."),
        "confirmed": _("%(actor)s confirmed an import."),
        "applied": _("An import of %(actor)s was applied."),
        "failed": _("An import of %(actor)s failed."),
        "retried": _("%(actor)s tried an import again."),
        "discarded": _("%(actor)s discarded an import."),
        "renamed": _("%(actor)s gave the image set of an import another name."),
        "manifest_replaced": _("%(actor)s replaced the manifest of an import."),
        "paused": _("%(actor)s paused an import."),
        "resumed": _("%(actor)s let an import go on."),
        "undone": _("%(actor)s undid an import."),
    },
    "model": {
        "created": _("%(actor)s made the model %(subject)s."),
        "planned": _("%(actor)s planned the study with the model %(subject)s."),
        "unplanned": _("%(actor)s took the model %(subject)s out of the plan of the study."),
    },
    "artefact": {
        "added": _("%(actor)s loaded the training run %(subject)s."),
        "sampled": _("%(actor)s looked at what the training run %(subject)s makes of images outside studies."),
    },
    "model_run": {
        "started": _("%(actor)s started the run of %(subject)s over the study."),
        "retried": _("%(actor)s started the run of %(subject)s over the study again."),
        "done": _("The run of %(subject)s over the study ended, and its scores are stored."),
        "failed": _("The run of %(subject)s over the study failed."),
        "external": _("%(actor)s stored scores from elsewhere, %(subject)s, for the study."),
        "ensemble": _("%(actor)s stored the scores of the ensemble %(subject)s for the study."),
    },
    "aid": {
        "chosen": _("%(actor)s chose %(subject)s as the aid of the aided arm."),
        "dropped": _("%(actor)s took %(subject)s back as the aid of the aided arm."),
    },
    "analysis requested": {"": _("%(actor)s asked for an analysis.")},
    "analysis finished": {"": _("An analysis that %(actor)s asked for was finished.")},
    "report": {
        "requested": _("%(actor)s asked for the report as PDF."),
        "written": _("%(actor)s wrote the report into a file."),
    },
    "checklist": {"text_written": _("%(actor)s wrote a text for a reporting checklist.")},
    "bundle": {"exported": _("%(actor)s exported the bundle of the study.")},
    "results": {"opened": _("%(actor)s opened a page of results.")},
    "file": {"downloaded": _("%(actor)s downloaded a file.")},
    "finished study uploaded": {"": _("%(actor)s uploaded the files of a finished study.")},
    "finished study checked": {"": _("%(actor)s checked the files of a finished study.")},
    "finished study imported": {"": _("%(actor)s imported a finished study.")},
    "finished study discarded": {"": _("%(actor)s discarded the files of a finished study.")},
    "scores added to a finished study": {"": _("%(actor)s added scores to a finished study.")},
    "backup": {
        "made": _("%(actor)s made a backup."),
        "loss_acknowledged": _("%(actor)s acknowledged that stored files are lost for good."),
        "loss_over": _("Stored files whose loss was acknowledged are there again, or belong to nothing any more."),
    },
    "evidence": {
        "erased": _("%(actor)s erased evidence or made it anonymous."),
        "bound": _("%(actor)s tied rows of an earlier version to the audit trail."),
    },
    "audit": {
        "viewed": _("%(actor)s looked at the audit trail."),
        "exported": _("%(actor)s exported the audit trail."),
        "verified": _("The audit trail was verified and is what was written."),
        "found_broken": _("The audit trail was verified and is not what was written."),
    },
}  # fmt: skip


def sentence_of(verb: str, **names: str) -> str:
    """The sentence in the active language; `names` are those of actor, subject and, where there is one, person."""
    group, _dot, rest = verb.partition(".")
    words = _SENTENCES.get(group, {}).get(rest)
    if words is None:
        words = gettext("%(actor)s: %(verb)s (%(subject)s).")
    return str(words) % {"person": "–", **names, "verb": verb}


def known_verbs() -> set[str]:
    """Every verb that has a sentence."""
    return {
        f"{group}.{rest}" if rest else group
        for group, table in _SENTENCES.items()
        for rest in table
    }
