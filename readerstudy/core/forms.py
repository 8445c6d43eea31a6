"""How forms show what the services refuse."""

from django.forms import BaseForm

from readerstudy.core.errors import DomainError


def show_problems(form: BaseForm, error: DomainError) -> None:
    """Adds every problem to the field it names, or to the form where it has no such field."""
    for problem in error.problems:
        form.add_error(problem.field if problem.field in form.fields else None, str(problem))
