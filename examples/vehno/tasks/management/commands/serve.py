"""`manage.py serve 127.0.0.1:8090`: Django's own small server, with the style sheet. To try things out, not for a town."""

import os
import signal
import sys
import threading

from django.contrib.staticfiles.management.commands.runserver import Command as RunServer


class Command(RunServer):
    help = "Запускает Вехно на этой машине."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--until-stdin-ends", action="store_true", help="остановиться, когда кончится стандартный ввод"
        )

    def handle(self, *args, until_stdin_ends=False, **options):
        if until_stdin_ends:
            threading.Thread(target=stop_when_stdin_ends, daemon=True).start()
        super().handle(*args, **{**options, "use_reloader": False, "insecure_serving": True})


def stop_when_stdin_ends():
    """Whoever started this holds the other end: however that process ends, this one does too."""
    while sys.stdin.buffer.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGINT)
