"""Addresses and texts of the studies' pages, for their tests."""

from django.urls import reverse


def page(name, study, *arguments):
    return reverse(f"studies:{name}", args=[study.slug, *arguments])


def text(response):
    return response.content.decode()
