"""`manage.py seed`: people and work to try Vehno out with. Where there are people already, it does nothing."""

import json
import os
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from ...models import Profile, Task, WorkRequest

SAMPLE = Path(__file__).resolve().parents[2] / "sample.json"
ROUNDS = 2


class Command(BaseCommand):
    help = "Заводит людей, запросы и задания, чтобы попробовать Вехно. Пароль всех — в VEHNO_PASSWORD."

    @transaction.atomic
    def handle(self, **_):
        if get_user_model().objects.exists():
            self.stdout.write("Люди уже есть: ничего не изменено.")
            return
        password = os.environ.get("VEHNO_PASSWORD", "")
        if len(password) < 8:
            raise CommandError("В VEHNO_PASSWORD нужен пароль, не короче 8 символов.")
        sample = json.loads(SAMPLE.read_text(encoding="utf-8"))
        people = [make_person(password=password, **person) for person in sample["people"]]
        requests = sample["requests"] * ROUNDS
        for number, request in enumerate(requests):
            make_request(people, number, **request)
        self.stdout.write(f"Заведено: людей — {len(people)}, запросов — {len(requests)}.")


def make_person(username, password, position, **names):
    person = get_user_model().objects.create_user(username, password=password, **names)
    Profile.objects.create(user=person, position=position)
    return person


def make_request(people, number, title, text, tasks):
    """Each as its number says, so that every try-out has the same work."""
    states = list(WorkRequest.State)
    state = states[number % len(states)]
    author = people[number % len(people)]
    assignee = None if state == WorkRequest.State.NEW else people[(number * 3 + 1) % len(people)]
    made = WorkRequest.objects.create(title=title, text=text, state=state, author=author, assignee=assignee)
    for place, task in enumerate(tasks):
        Task.objects.create(request=made, title=task, **task_fields(people, number + place, state))


def task_fields(people, number, request_state):
    if request_state == WorkRequest.State.DONE:
        return {"state": Task.State.DONE, "assignee": people[number % len(people)]}
    if request_state == WorkRequest.State.WORK:
        return {"state": list(Task.State)[number % 3], "assignee": people[(number * 5 + 2) % len(people)]}
    return {}
