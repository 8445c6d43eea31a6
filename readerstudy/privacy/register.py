"""Every table, and what its fields tell of a person. Erasure works through this list, and a test walks all models.

A field of text, JSON, bytes, a file, a mail or network address must be named here, or the test fails. Left to the test
are opaque ids (`public_id`) and hashes (`…sha256`).
"""

from readerstudy.privacy.register_types import Rows, Table

ERASED = "[erased]"
# The password hasher's sign for a password that nobody has.
NO_PASSWORD = "!erased"  # nosec B105  # noqa: S105 (no password at all)

_PEOPLE = {
    "accounts.User": Table(
        "account",
        person="pk",
        rows=Rows.CHANGE,
        personal={
            "name": "",
            "email": "",
            "password": NO_PASSWORD,
            "last_login": None,
            "is_active": False,
        },
        pseudonymous="role language",
    ),
    "accounts.Invitation": Table("account", person="user", rows=Rows.DELETE),
    "accounts.Consent": Table("consent", person="user", pseudonymous="scope language", none="text"),
    "privacy.ErasureRequest": Table("account", person="user"),
    "studies.FormerMember": Table("study", person="user", pseudonymous="role"),
    "accounts.ApiToken": Table(
        "sign-in",
        person="user",
        rows=Rows.DELETE,
        personal={"name": "", "prefix": ""},
        none="scopes study_id",
    ),
    "sessions.Session": Table(
        "sign-in", rows=Rows.DELETE, personal={"session_key": "", "session_data": ""}
    ),
    "studies.StudyMember": Table("account", person="user", rows=Rows.DELETE, pseudonymous="role"),
}
# django-allauth and others, where they are installed.
_SIGN_IN = {
    "account.EmailAddress": Table(
        "account", person="user", rows=Rows.DELETE, personal={"email": ""}
    ),
    "account.EmailConfirmation": Table(
        "account", person="email_address__user", rows=Rows.DELETE, personal={"key": ""}
    ),
    "mfa.Authenticator": Table(
        "sign-in", person="user", rows=Rows.DELETE, personal={"data": {}}, none="type"
    ),
    "socialaccount.SocialAccount": Table(
        "sign-in",
        person="user",
        rows=Rows.DELETE,
        personal={"uid": "", "extra_data": {}},
        none="provider",
    ),
    "socialaccount.SocialToken": Table(
        "sign-in",
        person="account__user",
        rows=Rows.DELETE,
        personal={"token": "", "token_secret": ""},  # nosec B105  # (no password at all)
    ),
    "socialaccount.SocialApp": Table(
        "technical", none="provider provider_id name client_id secret key settings"
    ),
    "usersessions.UserSession": Table(
        "sign-in",
        person="user",
        rows=Rows.DELETE,
        personal={"ip": "", "session_key": "", "user_agent": "", "data": {}},
    ),
}
_READERS = {
    "studies.Enrolment": Table(
        "enrolment",
        person="user",
        rows=Rows.CHANGE,
        personal={"withdrawal_reason": ""},
        pseudonymous="code state",
    ),
    "studies.RankGroup": Table("enrolment", pseudonymous="name"),
    "studies.Institution": Table("enrolment", pseudonymous="name"),
    "studies.SessionOpening": Table(
        "enrolment",
        person="enrolment__user",
        rows=Rows.CHANGE,
        personal={"reason": ERASED},
    ),
    "studies.Position": Table("enrolment", person="enrolment__user", pseudonymous="arm"),
    "reading.ReaderProfile": Table(
        "enrolment",
        person="enrolment__user",
        rows=Rows.CHANGE,
        personal={"conflict_of_interest": ""},
        pseudonymous="board_certification ai_experience country colour_vision language",
    ),
    "reading.Environment": Table(
        "enrolment",
        person="enrolment__user",
        pseudonymous="colour_gamut device_class pointer room_light browser system",
    ),
    "reading.Reading": Table(
        "reading",
        person="position__enrolment__user",
        pseudonymous="scale decision not_assessable_reason not_assessable_note further_answers timing_quality "
        "input_device language",
    ),
    "reading.PracticeAnswer": Table(
        "reading",
        person="enrolment__user",
        pseudonymous="scale decision not_assessable_reason not_assessable_note further_answers input_device language",
    ),
    "reading.PracticeRound": Table("reading", person="enrolment__user"),
    "reading.BreakEnd": Table("reading", person="enrolment__user", pseudonymous="cause"),
    "reading.Attestation": Table(
        "reading",
        person="enrolment__user",
        rows=Rows.CHANGE,
        personal={"printed_name": ERASED},
        pseudonymous="language",
        none="text",
    ),
    "reading.Message": Table(
        "messages", person="enrolment__user", rows=Rows.CHANGE, personal={"text": ERASED}
    ),
    "reading.MessageSeen": Table("messages", person="user"),
    "reading.Reminder": Table(
        "messages",
        person="enrolment__user",
        rows=Rows.CHANGE,
        personal={"text": ERASED},
        pseudonymous="language",
    ),
}
_STUDIES = {
    "studies.Study": Table("study", none="slug title summary state seed"),
    "studies.StudyCopy": Table("study"),
    "studies.Design": Table("study", none="kind repeat_when algorithm"),
    "studies.PracticeCase": Table("study"),
    "studies.Protocol": Table(
        "study",
        none="question_en question_de positive_label_en positive_label_de negative_label_en negative_label_de "
        "scale revision consent_en consent_de instructions_en instructions_de",
    ),
    "studies.Question": Table("study", none="kind moment text_en text_de options"),
    "studies.ProtocolVersion": Table("study", pseudonymous="manifest", none="reason"),
    "studies.Transition": Table("study", none="from_state to_state reason"),
    "studies.Session": Table("study", none="arm"),
    "studies.StudyCase": Table("study", none="withdrawal_reason"),
    "studies.StudyPrivacy": Table("study", none="at_withdrawal"),
    "reading.Conduct": Table(
        "study", none="profile_fields prior_exposure attestation_en attestation_de"
    ),
    "reading.SignRules": Table("study"),
    "results.StudyPlan": Table("study", none="primary prevalence_source"),
    "results.ChecklistText": Table("study", none="item text"),
    "results.Analysis": Table(
        "study", pseudonymous="document table", none="state code_version error"
    ),
    "results.ReportFile": Table("study", pseudonymous="content", none="language state error"),
    "results.FinishedStudy": Table(
        "study",
        pseudonymous="said report table",
        none="title source licence citation state",
    ),
    "results.FinishedFile": Table("study", pseudonymous="content", none="kind name"),
}
_PATIENTS = {
    "images.ImageSet": Table("patients", none="name description source_name"),
    "images.Case": Table("patients", pseudonymous="patient_ref lesion_ref sex site"),
    "images.Image": Table(
        "patients",
        pseudonymous="file thumbnail original_name origin",
        none="view content_type licence attribution",
    ),
    "truth.ReferenceStandard": Table(
        "patients", pseudonymous="diagnosis confirmation", none="reason"
    ),
    "truth.TruthSeal": Table("study", none="nonce"),
    "truth.TruthAccess": Table("audit", none="purpose"),
    "intake.ImportJob": Table(
        "patients",
        pseudonymous="archive manifest report preview",
        none="name archive_name manifest_name state mapping error",
    ),
    "intake.ChunkedUpload": Table("patients", none="name modified set_name starts"),
}
_MODELS = {
    "inference.Aid": Table(
        "model", none="form label_en label_de above_en above_de below_en below_de"
    ),
    "inference.Model": Table("model", none="name kind description training_data card"),
    "inference.Artefact": Table("model", none="label file file_name spec spec_origin facts"),
    "inference.ModelDraft": Table("model", none="about file questions answers"),
    "inference.PlannedModel": Table("model"),
    "inference.ModelRun": Table(
        "model",
        none="state error provider_requested provider_used runtime_version app_version environment",
    ),
    "inference.Score": Table("model", none="outputs"),
    "inference.ArtefactSample": Table("patients", pseudonymous="outputs tensor picture"),
}
_TECHNICAL = {
    "core.AuditEvent": Table(
        "audit",
        person="actor",
        pseudonymous="subject_id data",
        none="verb subject_type study_id previous_hash hash evidence",
    ),
    "core.AuditHead": Table("audit", none="hash"),
    "core.ErasureGate": Table("technical"),
    "operations.DeadLetter": Table("technical", none="task args kwargs reason settled_how"),
    "operations.WorkerBeat": Table("technical", none="name queues"),
    "operations.SessionNotice": Table("enrolment", person="enrolment__user"),
    "auditing.TrailCheck": Table("audit", none="state head faults"),
    "auth.Permission": Table("technical", none="name codename"),
    "auth.Group": Table("technical", none="name"),
    "contenttypes.ContentType": Table("technical", none="app_label model"),
}
REGISTER: dict[str, Table] = {
    **_PEOPLE,
    **_SIGN_IN,
    **_READERS,
    **_STUDIES,
    **_PATIENTS,
    **_MODELS,
    **_TECHNICAL,
}
