from django.conf import settings
from django.db import models
from django.urls import reverse

User = settings.AUTH_USER_MODEL


class Profile(models.Model):
    user = models.OneToOneField(User, models.CASCADE, related_name="profile")
    position = models.CharField("должность", max_length=100, blank=True)


class WorkRequest(models.Model):
    """Запрос: кто-то о чём-то просит; исполнитель раскладывает его на задания."""

    class State(models.TextChoices):
        NEW = "new", "новый"
        WORK = "work", "в работе"
        DONE = "done", "выполнен"
        DECLINED = "declined", "отклонён"

    title = models.CharField("о чём", max_length=200)
    text = models.TextField("подробно", blank=True)
    state = models.CharField("состояние", max_length=8, choices=State.choices, default=State.NEW)
    author = models.ForeignKey(User, models.PROTECT, related_name="requests_made", verbose_name="автор")
    assignee = models.ForeignKey(
        User, models.PROTECT, related_name="requests", verbose_name="исполнитель", null=True, blank=True
    )
    created_at = models.DateTimeField("создан", auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"№ {self.pk}. {self.title}"

    def get_absolute_url(self):
        return reverse("request", args=[self.pk])


class Task(models.Model):
    class State(models.TextChoices):
        NEW = "new", "новое"
        WORK = "work", "в работе"
        DONE = "done", "выполнено"

    request = models.ForeignKey(WorkRequest, models.CASCADE, related_name="tasks", verbose_name="запрос")
    title = models.CharField("что сделать", max_length=200)
    state = models.CharField("состояние", max_length=8, choices=State.choices, default=State.NEW)
    assignee = models.ForeignKey(
        User, models.PROTECT, related_name="tasks", verbose_name="исполнитель", null=True, blank=True
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.title
