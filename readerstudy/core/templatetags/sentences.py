"""`{{ problem.message|in_words }}`: a sentence that is stored in English, in the language of the page."""

from django import template

from readerstudy.core.errors import Problem
from readerstudy.core.sentences import problem_words, translated

register = template.Library()


@register.filter
def in_words(told: object) -> str:
    """A sentence, or a problem with its place. What is escaped is the result, as always."""
    return problem_words(told) if isinstance(told, Problem) else translated(str(told or ""))
