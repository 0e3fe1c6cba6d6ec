"""`manage.py check`, which also runs before the server starts: what is not set right, in one sentence each."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning
from django.urls import NoReverseMatch, reverse

from . import conf
from .words import say

READERS = (conf.read_url, conf.read_host, conf.read_key_text, conf.read_nickname_of, conf.read_seconds)
REQUEST_PROCESSOR = "django.template.context_processors.request"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_settings(**_):
    problems = [problem for problem in map(problem_of, READERS) if problem]
    return problems + check_token_url() + check_request_processor() + check_transport()


def problem_of(reader):
    try:
        reader()
    except conf.SettingProblem as problem:
        return Error(str(problem), hint=problem.hint, id=problem.check_id)
    return None


def check_token_url():
    try:
        reverse("nichatka:token")
    except NoReverseMatch:
        return [Error(say("token_url"), hint=say("token_url_hint"), id="nichatka.E008")]
    return []


def check_request_processor():
    engines = [engine.get("OPTIONS", {}).get("context_processors", []) for engine in settings.TEMPLATES]
    if any(REQUEST_PROCESSOR in processors for processors in engines):
        return []
    return [Warning(say("request_missing"), hint=say("request_missing_hint"), id="nichatka.W001")]


def check_transport():
    url = getattr(settings, "NICHATKA_URL", None)
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return [Warning(say("plain_http"), id="nichatka.W002")]
    return []
