"""The rules by which Mozilla's HTTP Observatory grades a site, told again for one answer of ours.

Each rule names what it found; `POINTS` says what that is worth. A grade begins at 100, and points on top count only for
an answer that would have had 90 without them. Source: developer.mozilla.org/en-US/observatory/docs/tests_and_scoring.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie

POINTS = {
    "csp": {"nothing unsafe, default none": 10, "nothing unsafe": 5, "unsafe style": 0, "http pictures": -10,
            "unsafe eval": -10, "unsafe script": -20, "http sources": -20, "missing": -25},
    "cookies": {"secure, http-only, same-site": 5, "secure and http-only": 0, "none": 0, "insecure but hsts": -5,
                "insecure session but hsts": -10, "insecure": -20, "odd same-site": -20, "csrf without same-site": -20,
                "readable session": -30, "insecure session": -40},
    "cors": {"closed": 0, "open to all without credentials": 0, "restricted": 0, "open to all": -50},
    "hsts": {"half a year": 0, "short": -10, "missing": -20, "invalid": -20},
    "redirection": {"to https": 0, "to another host first": -5, "to http first": -10, "missing": -20},
    "referrer": {"private": 5, "missing": 0, "unsafe": -5, "invalid": -5},
    "sri": {"own scripts with integrity": 5, "no page": 0, "no scripts": 0, "own scripts": 0,
            "foreign without integrity": -5, "foreign over http": -50},
    "content type": {"nosniff": 0, "missing": -5, "invalid": -5},
    "frames": {"frame-ancestors": 5, "header": 0, "missing": -20, "invalid": -20},
    "corp": {"same-origin": 10, "same-site": 10, "cross-origin": 0, "missing": 0, "invalid": -5},
}  # fmt: skip
_GRADES = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"), (45, "C-"),
           (40, "D+"), (30, "D"), (25, "D-"))  # fmt: skip
_EXTRA_FROM = 90
_HALF_A_YEAR = 15_768_000
_BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
_INLINE = {"'unsafe-inline'", "data:"}
_PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_TELLING = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}


@dataclass(frozen=True)
class Answer:
    """What a browser is sent for an address over HTTPS, and what it is sent over HTTP."""

    host: str
    headers: dict[str, str]
    cookies: SimpleCookie
    html: str
    plain_status: int
    plain_location: str


def policy_of(answer):
    """Directive → its sources."""
    parts = answer.headers.get("Content-Security-Policy", "").split(";")
    return {words[0]: set(words[1:]) for part in parts if (words := part.split())}


def csp(answer):
    policy = policy_of(answer)
    if not policy:
        return "missing"
    default = policy.get("default-src", {"*"})
    script, style, plugin = (
        set(policy.get(name, default)) for name in ("script-src", "style-src", "object-src")
    )
    for sources in (script, style):
        if any(one.startswith(("'nonce-", "'sha")) for one in sources):
            sources.discard("'unsafe-inline'")
    passive = policy.get("img-src", default) | policy.get("media-src", default)
    active = set().union(*(policy[name] for name in policy.keys() - {"img-src", "media-src"}))
    found = [
        ("unsafe script", script & (_BROAD | _INLINE) or plugin & _BROAD),
        ("http sources", any(one.startswith(("http:", "ftp:")) for one in active)),
        ("unsafe eval", "'unsafe-eval'" in script | style),
        ("http pictures", any(one.startswith(("http:", "ftp:")) for one in passive)),
        ("unsafe style", style & (_BROAD | _INLINE)),
        ("nothing unsafe, default none", default == {"'none'"}),
    ]
    return next((name for name, is_so in found if is_so), "nothing unsafe")


def cookies(answer):
    if not answer.cookies:
        return "none"
    return min(
        (_cookie(answer, one) for one in answer.cookies.values()), key=POINTS["cookies"].__getitem__
    )


def _cookie(answer, cookie):
    name, same_site = cookie.key.lower(), cookie["samesite"].lower()
    is_session = "sess" in name or "login" in name
    has_hsts = hsts(answer) == "half a year"
    found = [
        ("insecure session", is_session and not cookie["secure"] and not has_hsts),
        ("readable session", is_session and not cookie["httponly"]),
        ("odd same-site", same_site not in {"", "lax", "strict", "none"} or (same_site == "none" and not cookie["secure"])),
        ("csrf without same-site", "csrf" in name and not same_site),
        ("insecure", not cookie["secure"] and not has_hsts),
        ("insecure session but hsts", is_session and not cookie["secure"]),
        ("insecure but hsts", not cookie["secure"]),
        ("secure and http-only", not same_site),
    ]  # fmt: skip
    return next((name for name, is_so in found if is_so), "secure, http-only, same-site")


def cors(answer):
    allowed = answer.headers.get("Access-Control-Allow-Origin", "")
    if not allowed:
        return "closed"
    with_credentials = answer.headers.get("Access-Control-Allow-Credentials", "").lower() == "true"
    if allowed == "*":
        return "open to all without credentials"
    return "open to all" if with_credentials else "restricted"


def hsts(answer):
    header = answer.headers.get("Strict-Transport-Security", "")
    if not header:
        return "missing"
    age = re.search(r"max-age=(\d+)", header)
    if age is None:
        return "invalid"
    return "half a year" if int(age[1]) >= _HALF_A_YEAR else "short"


def redirection(answer):
    if answer.plain_status not in {301, 302, 307, 308}:
        return "missing"
    if answer.plain_location.startswith("http://"):
        return "to http first"
    same = re.match(rf"https://{re.escape(answer.host)}(/|$)", answer.plain_location)
    return "to https" if same else "to another host first"


def referrer(answer):
    header = answer.headers.get("Referrer-Policy", "")
    last = header.split(",")[-1].strip().lower()
    if not last:
        return "missing"
    return "private" if last in _PRIVATE else "unsafe" if last in _TELLING else "invalid"


class _Scripts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag == "script":
            self.found.append(dict(attributes))


def scripts_of(html):
    """The attributes of every script element."""
    parser = _Scripts()
    parser.feed(html)
    return parser.found


def sri(answer):
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return "no page"
    scripts = scripts_of(answer.html)
    if not scripts:
        return "no scripts"
    foreign = [one for one in scripts if re.match(r"(https?:)?//", one.get("src") or "")]
    if any(not one["src"].startswith("https://") for one in foreign):
        return "foreign over http"
    if any("integrity" not in one for one in foreign):
        return "foreign without integrity"
    return "own scripts with integrity" if any("integrity" in one for one in scripts) else "own scripts"  # fmt: skip


def content_type(answer):
    header = answer.headers.get("X-Content-Type-Options", "")
    return "missing" if not header else "nosniff" if header.lower() == "nosniff" else "invalid"


def frames(answer):
    ancestors = policy_of(answer).get("frame-ancestors")
    if ancestors is not None and not ancestors & _BROAD:
        return "frame-ancestors"
    header = answer.headers.get("X-Frame-Options", "").upper()
    return "missing" if not header else "header" if header in {"DENY", "SAMEORIGIN"} else "invalid"


def corp(answer):
    header = answer.headers.get("Cross-Origin-Resource-Policy", "missing")
    return header if header in POINTS["corp"] else "invalid"


RULES = {
    "csp": csp, "cookies": cookies, "cors": cors, "hsts": hsts, "redirection": redirection, "referrer": referrer,
    "sri": sri, "content type": content_type, "frames": frames, "corp": corp,
}  # fmt: skip


def findings(answer):
    """Rule → what it found."""
    return {name: rule(answer) for name, rule in RULES.items()}


def grade(answer):
    """The grade, from A+ down to F."""
    points = [POINTS[name][found] for name, found in findings(answer).items()]
    lost = 100 + sum(one for one in points if one < 0)
    extra = sum(one for one in points if one > 0) if lost >= _EXTRA_FROM else 0
    return next((letter for least, letter in _GRADES if lost + extra >= least), "F")
