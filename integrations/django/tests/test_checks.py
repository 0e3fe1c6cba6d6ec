"""Every wrong setting is named at start, by its id, in both languages."""

import tempfile
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import SimpleTestCase, override_settings
from django.utils.translation import override

from nichatka.checks import check_settings
from nichatka.conf import configuration
from nichatka.words import WORDS, say

from .reading import claims_of

GOOD_KEY = "hmac-sha256:" + "A" * 43


def ids(**changed):
    with override_settings(**changed):
        return [problem.id for problem in check_settings()]


def key_file(content):
    file = tempfile.NamedTemporaryFile("wb")
    file.write(content)
    file.flush()
    return file


class CheckTest(SimpleTestCase):
    def test_good_settings_have_no_problem(self):
        call_command("check")
        for url in ("/nichatka/", "/n", "http://127.0.0.1:8480/nichatka/", "https://a.example"):
            self.assertEqual(ids(NICHATKA_URL=url), [])

    def test_a_start_with_a_wrong_setting_says_which(self):
        with override_settings(NICHATKA_HOST=""), self.assertRaisesRegex(SystemCheckError, "nichatka.E002"):
            call_command("check")

    def test_E001_the_address(self):
        for url in (None, "", "nichatka", "ftp://a/", "https://", "https://a/?b", "/a#b", "/a b", "//a/", "https://u:p@a/"):
            self.assertEqual(ids(NICHATKA_URL=url), ["nichatka.E001"], url)

    def test_E002_the_host(self):
        for host in (None, "", " vehno", "vehno\n", "Vehno", "вехно", "1c", "v" * 41, 7):
            self.assertEqual(ids(NICHATKA_HOST=host), ["nichatka.E002"], host)

    def test_E003_there_is_one_key(self):
        self.assertEqual(ids(NICHATKA_KEY=None), ["nichatka.E003"])
        self.assertEqual(ids(NICHATKA_KEY=""), ["nichatka.E003"])
        self.assertEqual(ids(NICHATKA_KEY_FILE="/some/file"), ["nichatka.E003"])

    def test_E004_the_key_is_a_key_and_is_not_shown(self):
        with override_settings(NICHATKA_KEY="hmac-sha256:SECRET"):
            [problem] = check_settings()
        self.assertEqual(problem.id, "nichatka.E004")
        self.assertNotIn("SECRET", str(problem))

    def test_E005_the_file_of_the_key(self):
        with key_file(GOOD_KEY.encode() + b"\n") as file, override_settings(
            NICHATKA_KEY=None, NICHATKA_KEY_FILE=file.name
        ):
            self.assertEqual(check_settings(), [])
            self.assertEqual(claims_of(configuration().signer.sign("vera"))["sub"], "vera")
        self.assertEqual(ids(NICHATKA_KEY=None, NICHATKA_KEY_FILE="/no/such/file"), ["nichatka.E005"])
        with key_file("ключ".encode()) as file:
            self.assertEqual(ids(NICHATKA_KEY=None, NICHATKA_KEY_FILE=file.name), ["nichatka.E005"])
        with key_file(b"root:x:0") as file, override_settings(NICHATKA_KEY=None, NICHATKA_KEY_FILE=file.name):
            [problem] = check_settings()
            self.assertEqual(problem.id, "nichatka.E004")
            self.assertNotIn("root", str(problem))

    def test_E006_how_long_a_token_holds(self):
        for seconds in (0, 901, "300", 300.0, True, None):
            self.assertEqual(ids(NICHATKA_TOKEN_SECONDS=seconds), ["nichatka.E006"], seconds)

    def test_E007_whose_nickname(self):
        for path in ("nichatka.no_such", "no.such.module", "nodots", "nichatka.urls.app_name", 7):
            self.assertEqual(ids(NICHATKA_NICKNAME=path), ["nichatka.E007"], path)

    def test_E008_the_token_view_has_an_address(self):
        self.assertEqual(ids(ROOT_URLCONF="nichatka.urls"), ["nichatka.E008"])

    def test_W001_the_tags_know_the_request(self):
        engine = {"BACKEND": "django.template.backends.django.DjangoTemplates"}
        self.assertEqual(ids(TEMPLATES=[engine]), ["nichatka.W001"])

    def test_W002_nobody_reads_on_the_way(self):
        self.assertEqual(ids(NICHATKA_URL="http://messages.example/"), ["nichatka.W002"])

    def test_a_wrong_setting_that_nobody_checked_stops_the_page(self):
        with override_settings(NICHATKA_HOST=""), self.assertRaises(ImproperlyConfigured):
            configuration()

    def test_every_sentence_is_there_in_both_languages(self):
        with override_settings(NICHATKA_HOST=""), override("ru"):
            [problem] = check_settings()
        self.assertIn("нужно имя", str(problem))
        for english, russian in WORDS.values():
            self.assertRegex(russian, "[а-я]")
            self.assertNotRegex(english, "[а-я]")
            self.assertNotIn("!", english + russian)
        with override("uk"):
            self.assertEqual(say("host"), WORDS["host"][0])

    def test_N2_the_app_has_no_tables(self):
        from django.apps import apps

        self.assertEqual(list(apps.get_app_config("nichatka").get_models()), [])
        with self.assertRaises(ImportError):
            import_module("nichatka.migrations")
        self.assertIn("nichatka", settings.INSTALLED_APPS)
