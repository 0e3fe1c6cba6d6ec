from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .forms import AssignForm, FilterForm, NewTaskForm, ProfileForm, RequestForm, TaskForm
from .models import Task, WorkRequest

PAGE = 10


@login_required
@require_GET
def requests(request):
    form = FilterForm(request.GET)
    form.is_valid()
    found = WorkRequest.objects.filter(filter_of(form.cleaned_data, request.user))
    done = Count("tasks", filter=Q(tasks__state=Task.State.DONE))
    found = found.select_related("author", "assignee").annotate(task_count=Count("tasks"), done_count=done)
    page = Paginator(found.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "tasks/requests.html", {"form": form, "page": page, "query": query_of(request)})


def filter_of(data, user):
    chosen = Q()
    if data.get("q"):
        chosen &= Q(title__icontains=data["q"]) | Q(text__icontains=data["q"])
    if data.get("state"):
        chosen &= Q(state=data["state"])
    if data.get("whose") == "assigned":
        chosen &= Q(assignee=user)
    if data.get("whose") == "made":
        chosen &= Q(author=user)
    return chosen


def query_of(request):
    """The filter without the page, to be put before it in links."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@login_required
@require_http_methods(["GET", "POST"])
def new_request(request):
    form = RequestForm(request.POST or None, instance=WorkRequest(author=request.user))
    if request.method == "POST" and form.is_valid():
        made = form.save()
        messages.success(request, f"Запрос № {made.pk} создан.")
        return redirect(made)
    return render(request, "tasks/new_request.html", {"form": form})


@login_required
@require_GET
def one_request(request, number):
    found = get_object_or_404(WorkRequest.objects.select_related("author", "assignee"), pk=number)
    return render_request(request, found, AssignForm(instance=found), NewTaskForm(prefix="new"))


def render_request(request, found, form, new_task, status=200):
    tasks = found.tasks.select_related("assignee")
    context = {
        "work": found,
        "form": form,
        "new_task": new_task,
        "tasks": [(task, TaskForm(instance=task, prefix=f"t{task.pk}")) for task in tasks],
    }
    return render(request, "tasks/request.html", context, status=status)


@login_required
@require_POST
def change_request(request, number):
    found = get_object_or_404(WorkRequest, pk=number)
    form = AssignForm(request.POST, instance=found)
    if not form.is_valid():
        return render_request(request, WorkRequest.objects.get(pk=number), form, NewTaskForm(prefix="new"), 400)
    messages.success(request, f"Запрос № {form.save().pk} изменён.")
    return redirect(found)


@login_required
@require_POST
def add_task(request, number):
    found = get_object_or_404(WorkRequest, pk=number)
    form = NewTaskForm(request.POST, instance=Task(request=found), prefix="new")
    if not form.is_valid():
        return render_request(request, found, AssignForm(instance=found), form, 400)
    form.save()
    messages.success(request, "Задание добавлено.")
    return redirect(found)


@login_required
@require_POST
def change_task(request, number):
    task = get_object_or_404(Task.objects.select_related("request"), pk=number)
    form = TaskForm(request.POST, instance=task, prefix=f"t{task.pk}")
    if form.is_valid():
        form.save()
        messages.success(request, "Задание изменено.")
    else:
        messages.error(request, "Задание не изменено: такого исполнителя или состояния нет.")
    return redirect(task.request)


@login_required
@require_GET
def tasks(request):
    own = Task.objects.filter(assignee=request.user).select_related("request")
    waiting = own.exclude(state=Task.State.DONE)
    return render(request, "tasks/tasks.html", {"waiting": waiting, "done": own.filter(state=Task.State.DONE)})


@login_required
@require_http_methods(["GET", "POST"])
def profile(request):
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Профиль сохранён.")
        return redirect("profile")
    return render(request, "tasks/profile.html", {"form": form})
