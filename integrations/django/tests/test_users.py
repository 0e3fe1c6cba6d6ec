"""The command that names the users, against a real HTTP server that plays the service."""

import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock
from urllib.parse import parse_qsl

from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase, override_settings

from nichatka.service import batches, body_of

from .reading import claims_of


class Service:
    """Answers each request with the next of `answers`, then with 200."""

    def __init__(self, answers=()):
        self.requests = []
        self.answers = list(answers)
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.requests.append((self.path, dict(self.headers), body))
                status, headers = service.answers.pop(0) if service.answers else (200, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/nichatka/" % self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def nicknames(self):
        return [[value for _, value in parse_qsl(body.decode(), strict_parsing=True)] for _, _, body in self.requests]


def run(**options):
    output, errors = io.StringIO(), io.StringIO()
    call_command("nichatka_users", stdout=output, stderr=errors, **options)
    return output.getvalue(), errors.getvalue()


class UsersTest(TestCase):
    def make(self, *names, **fields):
        get_user_model().objects.bulk_create(get_user_model()(username=name, **fields) for name in names)

    def test_N7_active_users_are_named_and_nobody_else(self):
        self.make("вера", "O'Hara & Söhne + 1%")
        self.make("ушедший", is_active=False)
        with Service() as service:
            output, _ = run(url=service.url)
        self.assertEqual(output, "Nicknames sent: 2.\n")
        self.assertEqual(service.nicknames, [["вера", "O'Hara & Söhne + 1%"]])
        [(path, headers, _)] = service.requests
        self.assertEqual(path, "/nichatka/v1/users")
        self.assertEqual(headers["Content-Type"], "application/x-www-form-urlencoded")
        scheme, token = headers["Authorization"].split(" ")
        self.assertEqual((scheme, claims_of(token)["sub"]), ("Bearer", ""))

    def test_many_users_go_in_batches(self):
        self.make(*("u%05d" % number for number in range(2500)))
        with Service() as service:
            output, _ = run(url=service.url[:-1])
        self.assertEqual(output, "Nicknames sent: 2500.\n")
        self.assertEqual([len(batch) for batch in service.nicknames], [1000, 1000, 500])
        tokens = {headers["Authorization"] for _, headers, _ in service.requests}
        self.assertEqual(len(tokens), 3)

    def test_a_dry_run_sends_nothing(self):
        self.make("вера", "борис")
        with Service() as service:
            output, _ = run(url=service.url, dry_run=True)
        self.assertEqual(output, "Nicknames that would be sent: 2.\n")
        self.assertEqual(service.requests, [])

    def test_a_user_whose_name_cannot_be_a_nickname_is_told_of_and_passed_over(self):
        self.make("вера", "ve\u200bra")
        with Service() as service:
            output, errors = run(url=service.url)
        self.assertEqual(output, "Nicknames sent: 1.\n")
        self.assertRegex(errors, r"the key \d+ is passed over: a nickname has no control")

    @override_settings(NICHATKA_NICKNAME="tests.test_pages.no_nickname")
    def test_users_whom_the_project_keeps_out_are_not_named(self):
        self.make("вера")
        with Service() as service:
            self.assertEqual(run(url=service.url)[0], "Nicknames sent: 0.\n")
        self.assertEqual(service.requests, [])

    def test_a_refusal_is_told_with_its_code(self):
        self.make("вера")
        with Service([(401, {"Nichatka-Error": "token-forged"})]) as service:
            with self.assertRaisesRegex(CommandError, "401 token-forged"):
                run(url=service.url)

    def test_C3_a_token_does_not_follow_a_redirect(self):
        self.make("вера")
        with Service() as other, Service([(307, {"Location": other.url})]) as service:
            with self.assertRaisesRegex(CommandError, "307"):
                run(url=service.url)
        self.assertEqual(other.requests, [])

    @mock.patch("nichatka.service.time.sleep")
    def test_later_where_the_service_asks_for_it(self, sleep):
        self.make("вера")
        with Service([(429, {"Retry-After": "7"}), (503, {"Retry-After": "3600"})]) as service:
            self.assertEqual(run(url=service.url)[0], "Nicknames sent: 1.\n")
        self.assertEqual([call.args for call in sleep.call_args_list], [(7,), (60,)])

    @mock.patch("nichatka.service.time.sleep")
    def test_not_for_ever(self, _):
        self.make("вера")
        with Service([(429, {"Retry-After": "1"})] * 9) as service:
            with self.assertRaisesRegex(CommandError, "429"):
                run(url=service.url)
        self.assertEqual(len(service.requests), 5)

    def test_a_service_that_is_not_there_is_told_of(self):
        self.make("вера")
        with Service() as service:
            pass
        with self.assertRaisesRegex(CommandError, "does not answer: .*Nicknames sent before: 0"):
            run(url=service.url)

    @override_settings(NICHATKA_URL="/nichatka/", LANGUAGE_CODE="ru")
    def test_a_path_needs_an_address_beside_it(self):
        with self.assertRaisesRegex(CommandError, "--url https://"):
            run()


class BatchTest(SimpleTestCase):
    def test_no_batch_is_too_large_for_one_request(self):
        long = ["\U00010348" * 150] * 100 + ["a"] * 1500
        made = list(batches(long))
        self.assertEqual(sum(made, []), long)
        for batch in made:
            self.assertLessEqual(len(body_of(batch)), 64 * 1024)
            self.assertLessEqual(len(batch), 1000)
        self.assertEqual(list(batches([])), [])
