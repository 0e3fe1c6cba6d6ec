"""The settings, read once into one value. Each reader returns a good value or raises SettingProblem."""

import re
from functools import lru_cache
from typing import Any, Callable, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from .tokens import MAX_SECONDS, MIN_SECONDS, KeyFormatError, Signer, read_key
from .words import say

#: As the service has it.
HOST = re.compile("[a-z][a-z0-9-]{0,39}")


class SettingProblem(ImproperlyConfigured):
    def __init__(self, check_id: str, word: str, hint: str = "", **values: object):
        super().__init__(say(word, **values))
        self.check_id = check_id
        self.hint = say(hint) if hint else None


class Configuration(NamedTuple):
    #: Ends with a slash.
    url: str
    signer: Signer
    nickname_of: Callable[[Any], Any]


@lru_cache(maxsize=None)
def configuration() -> Configuration:
    """:raises SettingProblem: the system check says the same at start"""
    return Configuration(read_url(), Signer(read_host(), read_key_text(), read_seconds()), read_nickname_of())


def read_url() -> str:
    url = getattr(settings, "NICHATKA_URL", None)
    if not isinstance(url, str) or any(character.isspace() for character in url):
        raise SettingProblem("nichatka.E001", "url")
    parts = urlsplit(url)
    is_path = not parts.scheme and not parts.netloc and url.startswith("/")
    is_address = parts.scheme in ("http", "https") and bool(parts.netloc) and "@" not in parts.netloc
    if not (is_path or is_address) or parts.query or parts.fragment:
        raise SettingProblem("nichatka.E001", "url")
    return url if url.endswith("/") else url + "/"


def read_host() -> str:
    host = getattr(settings, "NICHATKA_HOST", None)
    if not isinstance(host, str) or not HOST.fullmatch(host):
        raise SettingProblem("nichatka.E002", "host", hint="host_hint")
    return host


def read_key_text() -> str:
    key = getattr(settings, "NICHATKA_KEY", None)
    key_file = getattr(settings, "NICHATKA_KEY_FILE", None)
    if key and key_file:
        raise SettingProblem("nichatka.E003", "key_twice")
    if not key and not key_file:
        raise SettingProblem("nichatka.E003", "key_missing")
    text = read_key_file(key_file) if key_file else str(key)
    try:
        read_key(text)
    except KeyFormatError as error:
        raise SettingProblem("nichatka.E004", "key", reason=error) from None
    return text


def read_key_file(path: Any) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read(4096)
    except (OSError, UnicodeDecodeError, TypeError) as error:
        # The text of a file that is no key must not come into a log.
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise SettingProblem("nichatka.E005", "key_file", reason=reason) from None


def read_seconds() -> int:
    seconds = getattr(settings, "NICHATKA_TOKEN_SECONDS", 300)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise SettingProblem("nichatka.E006", "seconds")
    return seconds


def read_nickname_of() -> Callable[[Any], Any]:
    path = getattr(settings, "NICHATKA_NICKNAME", None)
    if path is None:
        return username_of
    try:
        function = import_string(path)
    except (ImportError, AttributeError, TypeError) as error:
        raise SettingProblem("nichatka.E007", "nickname", reason=error) from None
    if not callable(function):
        raise SettingProblem("nichatka.E007", "nickname", reason=type(function).__name__)
    return function


def username_of(user: Any) -> str:
    return user.get_username()


def forget_configuration(setting: str = "", **_: object) -> None:
    """Tests change settings."""
    if setting.startswith("NICHATKA_"):
        configuration.cache_clear()


setting_changed.connect(forget_configuration)
