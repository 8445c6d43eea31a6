"""JSON as lists and tables, for the page of an export."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def section_title(name: str) -> str:
    """The heading of one part of the export."""
    titles = {
        "format": _("Format"),
        "made_at": _("Made at"),
        "account": _("Account"),
        "invitations": _("Invitations"),
        "consents": _("Consents"),
        "requests_for_erasure": _("Requests for erasure"),
        "roles_in_studies": _("Roles in studies"),
        "open_sessions": _("Open sessions"),
        "studies_read": _("Studies you read in"),
        "audit_trail": _("What the audit trail tells of you"),
    }
    return titles.get(name, name)


@register.filter
def tree(value: Any) -> SafeString:
    """A dict as a list of definitions, a list of plain dicts as a table, everything else as text; all of it escaped."""
    if isinstance(value, dict):
        pairs = ((name, tree(part)) for name, part in value.items())
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", pairs))
    if isinstance(value, list):
        return _list(value)
    return format_html("{}", "–" if value in (None, "") else value)


def _list(rows: list[Any]) -> SafeString:
    if not rows:
        return mark_safe("–")  # nosec B308  # (a text of our own)
    if all(
        isinstance(row, dict) and _is_flat(row) and row.keys() == rows[0].keys() for row in rows
    ):
        return _table(rows)
    return format_html(
        "<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((tree(row),) for row in rows))
    )


def _is_flat(row: dict[str, Any]) -> bool:
    return not any(isinstance(value, dict | list) for value in row.values())


def _table(rows: list[dict[str, Any]]) -> SafeString:
    head = format_html_join("", '<th scope="col">{}</th>', ((name,) for name in rows[0]))
    lines = (
        (format_html_join("", "<td>{}</td>", ((tree(cell),) for cell in row.values())),)
        for row in rows
    )
    body = format_html_join("", "<tr>{}</tr>", lines)
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)
