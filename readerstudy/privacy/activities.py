"""The record of processing activities, in the words of docs/privacy.md."""

from readerstudy.privacy.register_types import Activity

_CONTRACT = "Art. 6(1)(b) and (f): taking part in the study"
_CONSENT = "Art. 6(1)(a): the consent to the study"
_RESEARCH = "Art. 6(1)(e) or (f) with Art. 89: research"
_ACCOUNT_LIFE = "until the account is erased"

ACTIVITIES = {
    "account": Activity(
        "People who sign in: readers, coordinators, admins",
        "To let people in, and nobody else",
        _CONTRACT,
        _ACCOUNT_LIFE,
        "the person; admins; coordinators see name and mail address of their own readers",
    ),
    "sign-in": Activity(
        "Sessions, second factors, tokens and single sign-on of people",
        "To keep accounts safe",
        "Art. 6(1)(f): security (Art. 32)",
        "sessions 12 hours; the rest until it is taken back or the account is erased",
        "the person; the software",
    ),
    "consent": Activity(
        "What readers agreed to, word for word",
        "To be able to show that consent was given (Art. 7(1))",
        "Art. 6(1)(c): the duty to show it",
        "as long as the study; after an erasure without a name",
        "the reader; coordinators of the study see whether there is one",
    ),
    "enrolment": Activity(
        "Readers under their codes: rank group, institution, experience, equipment, order",
        "To tell readers apart in results without naming them",
        _CONSENT,
        "code, group and institution with the study; the link to the account until the retention date",
        "coordinators of the study; results show codes alone",
    ),
    "reading": Activity(
        "Answers, practice, breaks, time, signature",
        "The research itself",
        f"{_CONSENT}; after withdrawal and erasure {_RESEARCH}",
        "with the study; what becomes of them at withdrawal is declared in its protocol",
        "the reader; after unblinding the coordinators, by code",
    ),
    "messages": Activity(
        "Messages and reminders between readers and coordinators",
        "To help readers through the study",
        _CONTRACT,
        _ACCOUNT_LIFE,
        "the reader and the study's coordinators",
    ),
    "study": Activity(
        "Protocols, designs, steps, plans, results of studies",
        "To conduct and to check the study",
        _RESEARCH,
        "with the study",
        "the study's staff; what is published everybody",
    ),
    "patients": Activity(
        "Photographs and facts of patients, under numbers of the clinic",
        "What readers grade",
        "Art. 9(2)(a) or (j): consent, or research, as the clinic has it",
        "until the image set is deleted; file names and facts of the upload with it",
        "readers see photographs without a name; references and file names admins alone",
    ),
    "model": Activity(
        "CNNs, their runs and scores",
        "To compare them with readers",
        "no personal data",
        "with the study",
        "the study's staff",
    ),
    "audit": Activity(
        "Who did what and when, by the number of the account",
        "To show that nothing was changed unseen",
        "Art. 6(1)(c) and (f): integrity of research records",
        "as long as the instance; its entries hold no name, no mail address and no free text about a person",
        "admins and auditors",
    ),
    "technical": Activity(
        "Names of tables, rights and migrations",
        "To run the software",
        "no personal data",
        "as long as the instance",
        "the software",
    ),
}
