"""What pages ask of a reader's way out of a study: signature, certificate, leaving."""

from django import template

from readerstudy.reading.certificates import has_certificate
from readerstudy.reading.signing import waits_for_signature
from readerstudy.studies.leaving import may_leave

register = template.Library()
register.filter("waits_for_signature", waits_for_signature)
register.filter("has_certificate", has_certificate)
register.filter("may_leave", may_leave)
