"""`{% credited images as shown %}` in templates that show photographs."""

from collections.abc import Iterable

from django import template

from readerstudy.images import credits as sources

register = template.Library()


@register.simple_tag
def credited(images: Iterable[sources.HasSource]) -> sources.Credited[sources.HasSource]:
    """The images with the credits their licences ask for."""
    return sources.credited(images)
