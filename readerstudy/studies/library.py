"""The protocol that a new study starts with: that of Brinker et al. 2019, Eur J Cancer 111:148-154.

145 dermatologists graded 100 clinical photographs; the question was the management decision, in the words below.
"""

RANK_GROUPS = ("Resident", "Attending", "Senior physician", "Chief physician")

_CONSENT_EN = """\
Thank you for considering taking part in this reader study.

What you do. You look at clinical photographs of skin lesions and say for each of them what you would do. There are no \
patients waiting for your answer and nothing you enter is used for anybody's care.

What is stored. Your name and mail address, so that you can sign in; your level of experience, your institution and your \
years of experience; for each photograph your answer, your confidence, when and in how much time you answered, whether you \
zoomed, in which language you read, and with what kind of device you answered. Your location is not stored.

Who sees it. In results you appear under a random code, never by name. Only the coordinators of this study and the \
administrators of this site can connect the code with you. Your employer does not receive your individual results.

Taking part is voluntary. You can stop at any time without giving a reason and without any disadvantage. Until the study \
is closed you can leave it on your own page, or ask its coordinators to withdraw you; your answers are then left out of \
every result. After the study is closed the answers stay in the analysis under your code.

Your rights. You may ask the coordinators at any time what is stored about you, and have it corrected or deleted as \
far as the law and good scientific practice allow.

By agreeing you confirm that you have read this text and take part of your own free will."""

_CONSENT_DE = """\
Vielen Dank, dass Sie die Teilnahme an dieser Reader-Studie erwägen.

Was Sie tun. Sie betrachten klinische Fotografien von Hautläsionen und geben zu jeder an, was Sie tun würden. Es wartet \
keine Patientin und kein Patient auf Ihre Antwort, und nichts, was Sie eingeben, wird für eine Behandlung verwendet.

Was gespeichert wird. Ihr Name und Ihre E-Mail-Adresse, damit Sie sich anmelden können; Ihre Erfahrungsstufe, Ihre \
Einrichtung und Ihre Berufsjahre; zu jeder Fotografie Ihre Antwort, Ihre Sicherheit, wann und in welcher Zeit Sie \
geantwortet haben, ob Sie vergrößert haben, in welcher Sprache Sie gelesen und mit welcher Art von Gerät Sie geantwortet \
haben. Ihr Standort wird nicht gespeichert.

Wer es sieht. In den Ergebnissen erscheinen Sie unter einem zufälligen Code, nie mit Ihrem Namen. Nur die Koordinierenden \
dieser Studie und die Administration dieser Website können den Code mit Ihnen verbinden. Ihr Arbeitgeber erhält Ihre \
persönlichen Ergebnisse nicht.

Die Teilnahme ist freiwillig. Sie können jederzeit ohne Angabe von Gründen und ohne Nachteile aufhören. Bis die Studie \
geschlossen ist, können Sie sie auf Ihrer eigenen Seite verlassen oder die Koordinierenden bitten, Ihre Teilnahme zu \
beenden; Ihre Antworten gehen dann in kein Ergebnis ein. Danach bleiben die Antworten unter Ihrem Code in der Auswertung.

Ihre Rechte. Sie können die Koordinierenden jederzeit fragen, was über Sie gespeichert ist, und es berichtigen oder \
löschen lassen, soweit Gesetz und gute wissenschaftliche Praxis es zulassen.

Mit Ihrer Zustimmung bestätigen Sie, dass Sie diesen Text gelesen haben und aus freien Stücken teilnehmen."""

_INSTRUCTIONS_EN = """\
You will see one case at a time, in an order that was drawn for you alone. Decide as you would in your practice, from the \
photograph alone, and then say how confident you are.

Answering. Press F for biopsy or further treatment, J for no further treatment; or use the buttons. Then press 1 to 5 for \
your confidence: 1 means that you are guessing, 5 that you are certain. The answer is stored at once and the next case appears.

Looking closely. Zoom with +, − and 0 (whole picture), with the mouse wheel or with two fingers; drag to move the picture. \
Use a large screen in a dim room if you can.

Taking your time. There is no time limit. You may stop after any case and go on later, on another device too: you come back \
to the case you have not answered yet. Nothing that was stored is lost.

Correcting yourself. If the study allows it, you can change your last answer until you answer the next case. Earlier answers \
stay as they are.

Please answer alone, without asking colleagues, books or software. The pictures must not be copied or passed on.

Press ? at any time to see the keys."""

_INSTRUCTIONS_DE = """\
Sie sehen jeweils einen Fall, in einer Reihenfolge, die nur für Sie gezogen wurde. Entscheiden Sie wie in Ihrer Praxis, \
allein anhand der Fotografie, und geben Sie dann an, wie sicher Sie sind.

Antworten. Drücken Sie F für Biopsie oder weitere Behandlung, J für keine weitere Behandlung; oder benutzen Sie die \
Schaltflächen. Drücken Sie dann 1 bis 5 für Ihre Sicherheit: 1 heißt, dass Sie raten, 5, dass Sie sich sicher sind. Die \
Antwort wird sofort gespeichert, und der nächste Fall erscheint.

Genau hinsehen. Vergrößern Sie mit +, − und 0 (ganzes Bild), mit dem Mausrad oder mit zwei Fingern; verschieben Sie das \
Bild durch Ziehen. Benutzen Sie nach Möglichkeit einen großen Bildschirm in einem abgedunkelten Raum.

Zeit lassen. Es gibt keine Zeitbegrenzung. Sie können nach jedem Fall aufhören und später weitermachen, auch an einem \
anderen Gerät: Sie kommen zu dem Fall zurück, den Sie noch nicht beantwortet haben. Nichts, was gespeichert wurde, geht verloren.

Sich berichtigen. Wenn die Studie es erlaubt, können Sie Ihre letzte Antwort ändern, bis Sie den nächsten Fall beantworten. \
Frühere Antworten bleiben, wie sie sind.

Bitte antworten Sie allein, ohne Kolleginnen und Kollegen, Bücher oder Software zu befragen. Die Bilder dürfen nicht kopiert \
oder weitergegeben werden.

Drücken Sie jederzeit ?, um die Tasten zu sehen."""

PROTOCOL = {
    "question_en": "What would you do with this lesion?",
    "question_de": "Was würden Sie mit dieser Läsion tun?",
    "positive_label_en": "Biopsy / further treatment",
    "positive_label_de": "Biopsie / weitere Behandlung",
    "negative_label_en": "No further treatment",
    "negative_label_de": "Keine weitere Behandlung",
    "consent_en": _CONSENT_EN,
    "consent_de": _CONSENT_DE,
    "instructions_en": _INSTRUCTIONS_EN,
    "instructions_de": _INSTRUCTIONS_DE,
}
CONFIDENCE_LEVELS = 5
