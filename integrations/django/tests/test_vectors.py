"""The service's own vectors: what it takes, this app signs byte for byte; what it refuses, this app does not sign."""

import json
import unittest
from pathlib import Path

from nichatka.nicknames import NicknameError, check_nickname
from nichatka.tokens import KeyFormatError, Signer, decode

FILE = Path(__file__).resolve().parents[3] / "services/nichatka/src/token/vectors.json"


def has_cryptography():
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return False
    return True


class VectorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        vectors = json.loads(FILE.read_text(encoding="utf-8"))
        cls.vectors = vectors["vectors"]
        cls.keys = {host["name"]: key_text(host["key"]) for host in vectors["hosts"]}

    def signed(self, kind):
        found = [vector for vector in self.vectors if vector.get("signed")]
        return [vector for vector in found if self.keys[vector["claims"]["aud"]].startswith(kind)]

    def test_N14_hmac(self):
        vectors = self.signed("hmac-sha256:")
        self.assertGreater(len(vectors), 5)
        for vector in vectors:
            self.assertEqual(self.sign(vector["claims"]), vector["token"], vector["name"])

    def test_N14_ed25519_where_there_is_a_package_for_it(self):
        vectors = self.signed("ed25519:")
        self.assertGreater(len(vectors), 1)
        for vector in vectors:
            if has_cryptography():
                self.assertEqual(self.sign(vector["claims"]), vector["token"], vector["name"])
            else:
                self.assertRaises(KeyFormatError, self.sign, vector["claims"])

    def test_C11_nicknames(self):
        for vector in self.signed(""):
            if vector["claims"]["sub"]:
                check_nickname(vector["claims"]["sub"])
        refused = [vector for vector in self.vectors if vector["name"].startswith("a nickname")]
        self.assertGreater(len(refused), 4)
        for vector in refused:
            payload = json.loads(decode(vector["token"].split(".")[1]).decode("utf-8"))
            with self.subTest(vector["name"]), self.assertRaises(NicknameError):
                check_nickname(payload["sub"])

    def sign(self, claims):
        return Signer(claims["aud"], self.keys[claims["aud"]]).sign_claims(claims)


def key_text(key):
    return key["kind"] + ":" + key.get("secret", key.get("privateKey", ""))
