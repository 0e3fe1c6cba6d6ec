"""What a project's pages get from the template tags, and the view that gives the next token."""

import html
import re

from django.contrib.auth import get_user_model
from django.test import RequestFactory, TestCase, override_settings
from django.template import Context, Template

from nichatka.views import token as token_view

from .reading import claims_of


def no_nickname(_):
    return None


def shouting(user):
    return user.get_username().upper()


class PageTest(TestCase):
    def sign_in(self, name="вера"):
        user = get_user_model().objects.create_user(name, password="x")
        self.client.force_login(user)
        return user

    def page(self):
        return self.client.get("/").content.decode("utf-8")

    def bell(self):
        found = re.search(r"<nichatka-bell([^>]*)></nichatka-bell>", self.page())
        return {name: html.unescape(value) for name, value in re.findall(r' ([a-z-]+)="([^"]*)"', found.group(1))}

    def test_N14_the_bell_has_the_nickname_a_token_and_where_to_ask(self):
        self.sign_in()
        bell = self.bell()
        self.assertEqual(set(bell), {"user", "token", "src", "token-url"})
        self.assertEqual(bell["user"], "вера")
        self.assertEqual(bell["src"], "https://messages.example/nichatka/")
        self.assertEqual(bell["token-url"], "/nichatka/token")
        claims = claims_of(bell["token"])
        self.assertEqual((claims["sub"], claims["aud"]), ("вера", "vehno"))

    def test_the_panel_and_the_script(self):
        self.sign_in()
        self.assertIn(
            "<nichatka-panel></nichatka-panel>"
            '<script src="https://messages.example/nichatka/nichatka.js" defer crossorigin="anonymous"></script>',
            self.page(),
        )

    def test_a_script_can_be_pinned_and_have_a_nonce(self):
        context = Context({"user": self.sign_in(), "hash": 'sha384-A"B'})
        tag = '{% nichatka_script file="nichatka.0a1b.js" integrity=hash nonce="n" %}'
        text = Template("{% load nichatka %}" + tag).render(context)
        self.assertIn('src="https://messages.example/nichatka/nichatka.0a1b.js" ', text)
        self.assertIn(' integrity="sha384-A&quot;B" nonce="n">', text)

    def test_a_bell_can_ask_more_seldom_and_in_a_language_of_its_own(self):
        context = Context({"user": self.sign_in()})
        text = Template('{% load nichatka %}{% nichatka_bell interval=60 lang="en" %}').render(context)
        self.assertIn(' interval="60" lang="en"></nichatka-bell>', text)

    def test_without_a_request_the_context_says_who_it_is(self):
        text = Template("{% load nichatka %}{% nichatka_bell %}").render(Context({"user": self.sign_in()}))
        self.assertIn('user="вера"', text)
        self.assertEqual(Template("{% load nichatka %}{% nichatka_bell %}").render(Context()), "")

    def test_a_visitor_who_is_not_signed_in_gets_nothing(self):
        self.assertEqual(self.page(), "<body></body>")

    def test_C1_a_nickname_is_never_markup(self):
        nickname = "\"'><script>alert(1)</script>&amp;"
        self.sign_in(nickname)
        self.assertNotIn("<script>", self.page())
        self.assertEqual(self.bell()["user"], nickname)

    @override_settings(NICHATKA_NICKNAME="tests.test_pages.shouting")
    def test_the_project_chooses_the_nickname(self):
        self.sign_in()
        self.assertEqual(self.bell()["user"], "ВЕРА")

    @override_settings(NICHATKA_NICKNAME="tests.test_pages.no_nickname")
    def test_the_project_keeps_a_user_out(self):
        self.sign_in()
        self.assertEqual(self.page(), "<body></body>")
        self.assertEqual(self.client.get("/nichatka/token").status_code, 401)

    def test_a_name_that_cannot_be_a_nickname_takes_the_bell_and_not_the_page(self):
        self.sign_in("ve\u200bra")
        with self.assertLogs("nichatka") as logged:
            self.assertEqual(self.page(), "<body></body>")
            self.assertEqual(self.client.get("/nichatka/token").status_code, 401)
        self.assertNotIn("ra", "".join(logged.output).replace("character", ""))


class TokenViewTest(TestCase):
    def setUp(self):
        self.user = get_user_model().objects.create_user("борис", password="x")

    def test_a_user_gets_a_new_token_as_text(self):
        self.client.force_login(self.user)
        answers = [self.client.get("/nichatka/token", HTTP_SEC_FETCH_SITE="same-origin") for _ in range(2)]
        for answer in answers:
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
            self.assertEqual(answer["Cache-Control"], "no-store")
            self.assertEqual(claims_of(answer.content.decode("ascii"))["sub"], "борис")
        self.assertNotEqual(answers[0].content, answers[1].content)

    def test_browsers_that_do_not_say_where_a_request_comes_from_get_one(self):
        self.client.force_login(self.user)
        self.assertEqual(self.client.get("/nichatka/token").status_code, 200)

    @override_settings(LOGIN_URL="/enter/")
    def test_who_is_not_signed_in_gets_401_and_no_redirect(self):
        answer = self.client.get("/nichatka/token")
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(answer["Cache-Control"], "no-store")
        self.assertNotIn(b"v1.", answer.content)

    def test_C5_another_site_gets_none(self):
        self.client.force_login(self.user)
        for site in ("cross-site", "same-site", "none", "", "SAME-ORIGIN"):
            answer = self.client.get("/nichatka/token", HTTP_SEC_FETCH_SITE=site)
            self.assertEqual(answer.status_code, 403, site)
            self.assertNotIn(b"v1.", answer.content)

    def test_only_reading(self):
        self.client.force_login(self.user)
        for method in ("post", "put", "patch", "delete"):
            self.assertEqual(getattr(self.client, method)("/nichatka/token").status_code, 405)

    def test_a_user_who_was_made_inactive_gets_none(self):
        self.client.force_login(self.user)
        self.user.is_active = False
        self.user.save()
        self.assertEqual(self.client.get("/nichatka/token").status_code, 401)

    def test_a_project_without_users_gets_401(self):
        self.assertEqual(token_view(RequestFactory().get("/nichatka/token")).status_code, 401)
