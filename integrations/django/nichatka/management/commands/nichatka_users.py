"""`manage.py nichatka_users`: so that people can be written to before they have come for the first time (N7)."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from urllib.parse import urlsplit

from ...conf import configuration
from ...nicknames import NicknameError, check_nickname
from ...service import Refused, Unreachable, batches, name_users
from ...words import say


class Command(BaseCommand):
    @property
    def help(self):
        return say("users_help")

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help=say("dry_run_help"))
        parser.add_argument("--url", help=say("url_help"))

    def handle(self, *, dry_run, url, **_):
        if dry_run:
            self.stdout.write(say("users_would_send", count=sum(1 for _ in self.nicknames())))
            return
        self.stdout.write(say("users_sent", count=self.send(address(url))))

    def send(self, url):
        count = 0
        try:
            for batch in batches(self.nicknames()):
                name_users(url, configuration().signer, batch)
                count += len(batch)
        except Unreachable as error:
            raise CommandError(say("unreachable", reason=error, count=count)) from None
        except Refused as error:
            raise CommandError(say("refused", status=error.status, code=error.code, count=count)) from None
        return count

    def nicknames(self):
        for user in active_users():
            nickname = configuration().nickname_of(user)
            if not nickname:
                continue
            try:
                yield check_nickname(nickname)
            except NicknameError as error:
                self.stderr.write(say("user_passed_over", key=user.pk, reason=error))


def active_users():
    """Where a project's own kind of user cannot be inactive, all."""
    model = get_user_model()
    users = model._default_manager.order_by("pk")
    has_flag = any(field.name == "is_active" for field in model._meta.get_fields())
    return (users.filter(is_active=True) if has_flag else users).iterator()


def address(given):
    url = given or configuration().url
    if urlsplit(url).scheme not in ("http", "https"):
        raise CommandError(say("url_needed"))
    return url if url.endswith("/") else url + "/"
