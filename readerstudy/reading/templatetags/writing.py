"""What pages ask of a reader's messages."""

from django import template

from readerstudy.reading.threads import unread_by_reader

register = template.Library()
register.filter("unread_messages", unread_by_reader)
