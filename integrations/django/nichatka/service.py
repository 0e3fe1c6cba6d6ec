"""Tells Nichatka who the users are: its one request that a host's server makes itself."""

import time
import urllib.error
import urllib.request
from typing import Iterable, Iterator, List
from urllib.parse import urlencode

from .tokens import Signer

MAX_NICKNAMES = 1_000
#: What the service takes in one body.
MAX_BODY_BYTES = 64 * 1024
TIMEOUT_SECONDS = 30
MAX_TRIES = 5
MAX_WAIT_SECONDS = 60


class Unreachable(Exception):
    """No answer, or none that is the service's."""


class Refused(Exception):
    def __init__(self, status: int, code: str):
        super().__init__(status, code)
        self.status = status
        self.code = code


def batches(nicknames: Iterable[str]) -> Iterator[List[str]]:
    """As many at once as one request may hold, by number and by size."""
    batch: List[str] = []
    size = 0
    for nickname in nicknames:
        more = len(body_of([nickname])) + 1
        if batch and (len(batch) == MAX_NICKNAMES or size + more > MAX_BODY_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(nickname)
        size += more
    if batch:
        yield batch


def name_users(url: str, signer: Signer, nicknames: List[str]) -> None:
    """
    One batch. Where the service asks to come later, later; naming a user twice changes nothing.

    :param url: absolute, ends with a slash
    """
    for attempt in range(1, MAX_TRIES + 1):
        try:
            return post(url + "v1/users", signer.sign_host(), body_of(nicknames))
        except urllib.error.HTTPError as error:
            wait = wait_of(error)
            if wait is None or attempt == MAX_TRIES:
                raise Refused(error.code, error.headers.get("Nichatka-Error", "")) from None
            time.sleep(wait)
        except (OSError, ValueError) as error:
            raise Unreachable(getattr(error, "reason", error)) from None


def post(url: str, token: str, body: bytes) -> None:
    request = urllib.request.Request(url, data=body, method="POST")
    request.add_header("Authorization", "Bearer " + token)
    request.add_header("Content-Type", "application/x-www-form-urlencoded")
    with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT_SECONDS) as response:
        response.read()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token goes where the settings say, and nowhere else."""

    def redirect_request(self, *_):
        return None


def body_of(nicknames: Iterable[str]) -> bytes:
    return urlencode([("nickname", nickname) for nickname in nicknames]).encode("ascii")


def wait_of(error):
    """Seconds after which to try again; None where that would not help."""
    after = error.headers.get("Retry-After", "")
    if error.code not in (429, 503) or not after.isdigit():
        return None
    return min(int(after), MAX_WAIT_SECONDS)
