from django import forms
from django.contrib.auth import get_user_model

from .models import Profile, Task, WorkRequest


def choose_people(field):
    field.queryset = get_user_model().objects.filter(is_active=True).order_by("username")
    field.empty_label = "не назначен"


class FilterForm(forms.Form):
    """Из адреса страницы: что не подходит, то не задано."""

    WHOSE = [("", "все"), ("assigned", "я исполнитель"), ("made", "я автор")]

    q = forms.CharField(label="Слова в запросе", required=False, max_length=100)
    state = forms.ChoiceField(label="Состояние", required=False, choices=[("", "любое"), *WorkRequest.State.choices])
    whose = forms.ChoiceField(label="Чьи", required=False, choices=WHOSE)


class RequestForm(forms.ModelForm):
    class Meta:
        model = WorkRequest
        fields = ["title", "text", "assignee"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_people(self.fields["assignee"])


class AssignForm(forms.ModelForm):
    """Исполнитель и состояние запроса."""

    class Meta:
        model = WorkRequest
        fields = ["assignee", "state"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_people(self.fields["assignee"])


class TaskForm(AssignForm):
    """Исполнитель и состояние задания. Таких на странице много, и у каждой свои имена полей."""

    class Meta:
        model = Task
        fields = ["assignee", "state"]


class NewTaskForm(AssignForm):
    class Meta:
        model = Task
        fields = ["title", "assignee"]


class ProfileForm(forms.ModelForm):
    position = forms.CharField(label="Должность", required=False, max_length=100)

    class Meta:
        model = get_user_model()
        fields = ["first_name", "last_name"]

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        self.profile, _ = Profile.objects.get_or_create(user=instance)
        self.fields["position"].initial = self.profile.position

    def save(self, commit=True):
        self.profile.position = self.cleaned_data["position"]
        self.profile.save()
        return super().save(commit)
