"""An authenticator of passkeys in a few lines (WebAuthn, ES256), which lies where a test wants it to."""

import hashlib
import json
import re
import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ADD, SIGN_IN = "/account/second-factor/passkeys/add/", "/account/sign-in/passkey/"
CONFIRM = "/account/confirm/passkey/"
# Of Django's test client.
HOST, ORIGIN = "testserver", "https://testserver"
_PRESENT, _VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV


class Passkey:
    """One key pair. `handle` is whom it says it belongs to, which the server told when it was made."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.handle = ""

    def made(self, options, *, origin=ORIGIN, verifies=True):
        """The answer to options of creation."""
        options = options["publicKey"]
        self.handle = options["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        held = AttestedCredentialData.create(bytes(16), self.id, public)
        data = _about(HOST, verifies, AuthenticatorData.FLAG.AT, held)
        said = CollectedClientData.create("webauthn.create", options["challenge"], origin)
        attestation = AttestationObject.create("none", data, {})
        response = {"attestationObject": websafe_encode(attestation)}
        return {**self._answer(said, response), "clientExtensionResults": {"credProps": {"rk": True}}}  # fmt: skip

    def shown(self, options, *, origin=ORIGIN, host=HOST, verifies=True, handle=None):
        """The answer to options of a sign-in or a confirmation."""
        said = CollectedClientData.create("webauthn.get", options["publicKey"]["challenge"], origin)
        data = _about(host, verifies)
        signature = self.key.sign(data + said.hash, ec.ECDSA(SHA256()))
        return self._answer(
            said,
            {
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self.handle if handle is None else handle,
            },
        )

    def _answer(self, said, response):
        shown = websafe_encode(self.id)
        kept = {"id": shown, "rawId": shown, "type": "public-key", "clientExtensionResults": {}}
        return {**kept, "response": {"clientDataJSON": websafe_encode(said), **response}}


def _about(host, verifies, flags=0, held=b""):
    flags |= _PRESENT | (_VERIFIED if verifies else 0)
    return AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), flags, 1, held)


def asked(client, address):
    """The options that a page asks the authenticator with."""
    if address == SIGN_IN:
        return client.get(address, headers={"accept": "application/json"}).json()["request_options"]
    page = client.get(address).content.decode()
    [text] = re.findall(r'<script id="passkey-options"[^>]*>(.*?)</script>', page, re.DOTALL)
    options = json.loads(text)
    return options.get("creation_options") or options["request_options"]


def send(client, address, credential, **fields):
    """Sends what the authenticator said."""
    return client.post(address, {"credential": json.dumps(credential), **fields}, secure=True)


def give_passkey(client):
    """A passkey of whoever is signed in, and was so a moment ago."""
    passkey = Passkey()
    made = passkey.made(asked(client, ADD))
    assert send(client, ADD, made, name="Key").status_code == 302
    return passkey
