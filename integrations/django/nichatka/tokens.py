"""
Signs who a user is, as docs/wire/nichatka.md "The token" has it: `v1.<payload>.<signature>`.

The kind of signature belongs to the key, and the token does not name it (attack C4).
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from typing import Any, Callable, Dict, Optional

from .nicknames import check_nickname

MIN_SECONDS = 1
MAX_SECONDS = 900
MAX_PAYLOAD_BYTES = 1024
MIN_HMAC_KEY_BYTES = 32
MAX_HMAC_KEY_BYTES = 64
ED25519_SEED_BYTES = 32

HOST_ITSELF = ""


class KeyFormatError(ValueError):
    """Not a key. The message never quotes it."""


class Signer:
    """
    :param host: the name under which the service knows this host
    :param key: `hmac-sha256:<base64url>`, or `ed25519:<base64url of the private key's 32 bytes>`
    :param seconds: how long a token holds
    :raises KeyFormatError: where the key is none
    """

    def __init__(self, host: str, key: str, seconds: int = 300):
        if not host:
            raise ValueError("the host has a name")
        if not MIN_SECONDS <= seconds <= MAX_SECONDS:
            raise ValueError("a token holds for 1 to 900 seconds")
        self.host = host
        self.seconds = seconds
        self.sign_bytes = read_key(key)

    def sign(self, nickname: str) -> str:
        """A token for this user. :raises NicknameError: where that cannot be a nickname"""
        return self._sign(check_nickname(nickname))

    def sign_host(self) -> str:
        """A token for the host itself, which may name its users and nothing else."""
        return self._sign(HOST_ITSELF)

    def _sign(self, subject: str) -> str:
        issued = int(time.time())
        claims = {
            "sub": subject,
            "aud": self.host,
            "iat": issued,
            "exp": issued + self.seconds,
            "jti": secrets.token_urlsafe(16),
        }
        return self.sign_claims(claims)

    def sign_claims(self, claims: Dict[str, Any]) -> str:
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise ValueError("the names of host and user are too long for a token")
        signed = "v1." + encode(payload)
        return signed + "." + encode(self.sign_bytes(signed.encode("ascii")))


def read_key(text: str) -> Callable[[bytes], bytes]:
    """What signs with this key."""
    kind, separator, encoded = text.strip().partition(":")
    if not separator or kind not in KEY_READERS:
        raise KeyFormatError("a key begins with hmac-sha256: or ed25519:")
    key = decode(encoded)
    if key is None:
        raise KeyFormatError("the part of a key after the colon is base64url without padding")
    return KEY_READERS[kind](key)


def read_hmac_key(key: bytes) -> Callable[[bytes], bytes]:
    if not MIN_HMAC_KEY_BYTES <= len(key) <= MAX_HMAC_KEY_BYTES:
        raise KeyFormatError("an HMAC key has 32 to 64 bytes")
    return lambda message: hmac.new(key, message, hashlib.sha256).digest()


def read_ed25519_key(seed: bytes) -> Callable[[bytes], bytes]:
    if len(seed) != ED25519_SEED_BYTES:
        raise KeyFormatError("a private Ed25519 key has 32 bytes")
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise KeyFormatError("an Ed25519 key needs the package cryptography") from None
    return Ed25519PrivateKey.from_private_bytes(seed).sign


KEY_READERS = {"hmac-sha256": read_hmac_key, "ed25519": read_ed25519_key}


def encode(content: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decode(text: str) -> Optional[bytes]:
    """None for what is not base64url in its one canonical form."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return content if encode(content) == text else None
