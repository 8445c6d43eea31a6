"""A small OpenID Connect provider on this machine: discovery, consent, tokens signed with RS256, the person's facts."""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "reader-study", "the secret of the hospital"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What the provider says of whoever comes; tests set `person`, and what it should get wrong in `faults`."""

    def __init__(self, url):
        self.url = url
        self.person = {"sub": "1", "email": "ann@hospital.example", "email_verified": True, "name": "Ann"}  # fmt: skip
        self.faults = set()
        self.codes = {}
        self.asked = []

    def discovery(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def jwks(self):
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_KEY.public_key()))
        return {"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def consent(self, asked):
        """The address that the browser is sent back to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{query}"

    def token(self, given, basic):
        """The tokens for a code, or None where the client, the code or its proof is wrong."""
        client = basic or (given.get("client_id"), given.get("client_secret"))
        asked = self.codes.pop(given.get("code", ""), None)
        if client != (CLIENT, SECRET) or not asked:
            return None
        if asked["redirect_uri"] != given.get("redirect_uri") or not _proves(asked, given):
            return None
        return {
            "access_token": "access",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self._signed(asked),
        }

    def _signed(self, asked):
        now = int(time.time())
        audience = "somebody else" if "audience" in self.faults else CLIENT
        issuer = "https://other.example" if "issuer" in self.faults else self.url
        expires = now - 3600 if "expired" in self.faults else now + 300
        claims = {"iss": issuer, "aud": audience, "iat": now, "exp": expires, **self.person}
        if "nonce" in asked:
            claims["nonce"] = asked["nonce"]
        key = _OTHER_KEY if "signature" in self.faults else _KEY
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})


def _proves(asked, given):
    if "code_challenge" not in asked:
        return True
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


def _handler(provider):  # noqa: C901 (one class with a few short methods)
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            provider.asked.append(address.path)
            if address.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.consent(asked))
                self.end_headers()
            elif address.path == "/userinfo":
                wanted = self.headers.get("Authorization") == "Bearer access"
                self.answer(provider.person if wanted else {}, 200 if wanted else 401)
            elif address.path == "/jwks":
                self.answer(provider.jwks())
            else:
                self.answer(provider.discovery())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            provider.asked.append(self.path)
            tokens = provider.token(given, self.basic())
            self.answer(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

        def basic(self):
            scheme, _space, encoded = self.headers.get("Authorization", "").partition(" ")
            if scheme != "Basic":
                return None
            return tuple(base64.b64decode(encoded).decode().split(":", 1))

        def answer(self, body, status=200):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments):
            pass

    return Handler


@contextmanager
def running_provider():
    """The provider, answering on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), None)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
