"""Who may do what at the addresses of accounts."""

from readerstudy.core.policies import Role, Thing, policy, to

ANYBODY, SIGNED_IN, OWN = to(Role.ANYBODY), to(Role.SIGNED_IN), to(Role.OWNER)

POLICIES = [
    policy("accounts:sign-in", get=ANYBODY, post=ANYBODY),
    policy("accounts:session", get=SIGNED_IN, post=ANYBODY),
    policy("accounts:sign-out", post=ANYBODY),
    policy("accounts:accept", Thing.INVITATION, get=ANYBODY, post=ANYBODY),
    policy("accounts:settings", get=SIGNED_IN, post=SIGNED_IN),
    policy("accounts:password", get=SIGNED_IN, post=SIGNED_IN),
    policy("accounts:reset", get=ANYBODY, post=ANYBODY),
    policy("accounts:reset-choose", Thing.RESET_LINK, get=ANYBODY, post=ANYBODY),
    policy("accounts:again", get=SIGNED_IN),
    policy("accounts:file", get=SIGNED_IN),
    policy("accounts:sessions", get=SIGNED_IN),
    policy("accounts:session-end", Thing.SIGN_IN_SESSION, post=OWN),
    policy("accounts:sessions-end-others", post=SIGNED_IN),
    policy("accounts:tokens", get=SIGNED_IN, post=SIGNED_IN),
    policy("accounts:token-revoke", Thing.API_TOKEN, post=OWN),
    # allauth's own pages. Who has just given a password, and still owes the code, is nobody yet.
    policy("account_login", get=ANYBODY, post=ANYBODY),
    policy("mfa_authenticate", get=ANYBODY, post=ANYBODY),
    policy("mfa_login_webauthn", get=ANYBODY, post=ANYBODY),
    policy("socialaccount_login_cancelled", get=ANYBODY),
    policy("socialaccount_login_error", get=ANYBODY),
    policy("openid_connect_login", Thing.HOSPITAL, post=ANYBODY),
    policy("openid_connect_callback", Thing.HOSPITAL, get=ANYBODY),
    *(
        policy(name, get=SIGNED_IN, post=SIGNED_IN)
        for name in (
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "mfa_activate_totp",
            "mfa_generate_recovery_codes",
            "mfa_add_webauthn",
        )
    ),
    policy("mfa_index", get=SIGNED_IN),
    # Not there for whoever has set up none.
    policy("mfa_deactivate_totp", Thing.SECOND_FACTOR, get=OWN, post=OWN),
    policy("mfa_view_recovery_codes", Thing.SECOND_FACTOR, get=OWN),
    policy("mfa_remove_webauthn", Thing.PASSKEY, get=OWN, post=OWN),
]
