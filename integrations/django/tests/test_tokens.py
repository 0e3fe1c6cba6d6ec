import json
import time
import unittest
from unittest import mock

from nichatka.nicknames import NicknameError, check_nickname
from nichatka.tokens import KeyFormatError, Signer, decode, encode, read_key

from .reading import claims_of

KEY = "hmac-sha256:" + "A" * 43


class TokenTest(unittest.TestCase):
    def test_N14_a_token_says_the_nickname_and_nothing_else_about_the_user(self):
        before = int(time.time())
        claims = claims_of(Signer("vehno", KEY).sign("вера"))
        self.assertEqual(set(claims), {"sub", "aud", "iat", "exp", "jti"})
        self.assertEqual((claims["sub"], claims["aud"]), ("вера", "vehno"))
        self.assertEqual(claims["exp"] - claims["iat"], 300)
        self.assertIn(claims["iat"], range(before, before + 60))

    def test_C4_each_token_is_new(self):
        signer = Signer("vehno", KEY)
        ids = {claims_of(signer.sign("vera"))["jti"] for _ in range(1000)}
        self.assertEqual(len(ids), 1000)
        for each in ids:
            self.assertRegex(each, r"\A[A-Za-z0-9_-]{8,64}\Z")

    def test_the_host_itself_is_the_empty_nickname_which_no_user_can_have(self):
        signer = Signer("vehno", KEY)
        self.assertEqual(claims_of(signer.sign_host())["sub"], "")
        with self.assertRaises(NicknameError):
            signer.sign("")

    def test_the_longest_nickname_fits_and_a_token_that_would_be_too_long_is_not_made(self):
        longest = "\U00010348" * 150
        self.assertEqual(claims_of(Signer("vehno", KEY).sign(longest))["sub"], longest)
        with self.assertRaises(ValueError):
            Signer("h" * 500, KEY).sign(longest)

    def test_a_token_holds_for_1_to_900_seconds(self):
        for seconds in (1, 900):
            claims = claims_of(Signer("vehno", KEY, seconds).sign("vera"))
            self.assertEqual(claims["exp"] - claims["iat"], seconds)
        for seconds in (0, -1, 901):
            with self.assertRaises(ValueError):
                Signer("vehno", KEY, seconds)


class KeyTest(unittest.TestCase):
    def test_C4_what_is_no_key_is_refused_and_not_quoted(self):
        bad = [
            "",
            "A" * 43,
            "hmac-sha256",
            "hmac-sha256:",
            "hmac-sha256:" + "A" * 42,  # 31 bytes and a half
            "hmac-sha256:" + "A" * 40,  # 30 bytes
            "hmac-sha256:" + "A" * 87,  # 65 bytes and a quarter
            "hmac-sha256:" + "A" * 88,  # 66 bytes
            "hmac-sha256:" + "A" * 42 + "B",  # an unused bit is set
            "hmac-sha256:" + "A" * 43 + "=",
            "hmac-sha256:" + "+" * 43,
            "hmac-sha512:" + "A" * 43,
            "ed25519:" + "A" * 44,
            "none:" + "A" * 43,
        ]
        for text in bad:
            with self.subTest(text), self.assertRaises(KeyFormatError) as caught:
                read_key(text)
            self.assertNotIn("AAAA", str(caught.exception))

    def test_a_key_may_end_with_a_line_break_as_files_do(self):
        self.assertEqual(read_key(KEY + "\n")(b"x"), read_key(KEY)(b"x"))

    def test_an_ed25519_key_without_the_package_for_it_says_so(self):
        with mock.patch.dict("sys.modules", {"cryptography.hazmat.primitives.asymmetric.ed25519": None}):
            with self.assertRaisesRegex(KeyFormatError, "cryptography"):
                read_key("ed25519:" + "A" * 43)

    def test_base64url_is_canonical_both_ways(self):
        for length in range(40):
            content = bytes(range(200, 200 + length))
            self.assertEqual(decode(encode(content)), content)
        for text in ("A", "AB", "AAB", "A=", "AA==", "A A", "AA\n", "ÄA", "A/", "A+"):
            self.assertIsNone(decode(text), text)


class NicknameTest(unittest.TestCase):
    def test_C11_what_may_be_a_nickname(self):
        for nickname in ("v", "вера", "Vera", "Анна-Мария 2", "é", "名", "a b", "𐍈" * 150, "'\"<&>", "😀"):
            self.assertIs(check_nickname(nickname), nickname)

    def test_C11_what_may_not(self):
        bad = {
            "nothing": "",
            "too long": "a" * 151,
            "space before": " vera",
            "space after": "vera ",
            "unbroken space after": "vera\u00a0",
            "ideographic space before": "\u3000vera",
            "control": "ve\x00ra",
            "line break": "ve\nra",
            "next line": "ve\x85ra",
            "escape": "\x1b[31m",
            "bidi override": "ve\u202era",
            "zero width": "ve\u200bra",
            "joiner": "ve\u200dra",
            "byte order mark": "\ufeffvera",
            "soft hyphen": "ve\u00adra",
            "private": "\ue000",
            "unassigned": "\u0378",
            "half a pair": "\ud800",
            "line separator": "ve\u2028ra",
            "paragraph separator": "ve\u2029ra",
            "not NFC": "e\u0301",
            "NFC singleton": "\u212b",
            "not text": 7,
            "bytes": b"vera",
        }
        for what, nickname in bad.items():
            with self.subTest(what), self.assertRaises(NicknameError):
                check_nickname(nickname)

    def test_an_error_never_holds_the_nickname(self):
        with self.assertRaises(NicknameError) as caught:
            check_nickname("тайна\n")
        self.assertNotIn("тайна", str(caught.exception))
        self.assertNotIn("тайна", json.dumps(repr(caught.exception), ensure_ascii=False))
