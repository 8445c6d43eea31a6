"""How forms show what the services refuse."""

from django.forms import BaseForm

from readerstudy.core.errors import DomainError
from readerstudy.core.sentences import problem_words


def show_problems(form: BaseForm, error: DomainError) -> None:
    """Adds every problem to the field it names, or to the form where it has no such field."""
    for problem in error.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem_words(problem))
