"""What the OpenAPI description says of tokens."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from readerstudy.core.schema import ApiSchema
from readerstudy.core.scopes import ANY_TOKEN, NO_TOKEN, scope_of


class TokenScheme(OpenApiAuthenticationExtension):
    """The scheme of `TokenAuthentication`; not named for actions that take no token."""

    target_class = "readerstudy.accounts.api_auth.TokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        del auto_schema  # the same for all
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made under Settings, API tokens. Each operation names the scope it needs.",
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        if scope_of(auto_schema.view, auto_schema.method) == NO_TOKEN:
            return None
        return super().get_security_requirement(auto_schema)


class ScopedSchema(ApiSchema):
    """Every operation with the scope that a token needs for it."""

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular itself does
        """What the view says of itself, and the scope."""
        scope = scope_of(self.view, self.method)
        told = {NO_TOKEN: "Takes no token.", ANY_TOKEN: "Any token."}
        said = told.get(scope, f"Scope of a token: `{scope}`.")
        return f"{super().get_description()}\n\n{said}".strip()
