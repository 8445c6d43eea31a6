"""The language a person reads the site in."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import translation


def text_language(language: str) -> str:
    """Which of a study's two texts a person reads: `de` for every German, `en` for every other language."""
    return "de" if language.startswith("de") else "en"


def remember_language(response: HttpResponseBase, language: str) -> None:
    """Shows this and the following pages in the language, by the cookie that Django reads."""
    translation.activate(language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
