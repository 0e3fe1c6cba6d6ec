"""What is measured beside Nichatka, as one writes it in Django: the ORM, its paginator with count and OFFSET, a template."""

from django.contrib.postgres.search import SearchQuery
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from .models import AppUser, Delivery, Message, MessageAddress
from .tokens import with_user

page_length = 50
priorities = ['ordinary', 'important', 'critical']
statuses = ['new', 'read', 'hidden']
colors = ['none', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'gray']


def options_of(names):
    """Made once for each that may be chosen: in a loop of the template they would cost more than all the rest."""
    return {
        chosen: format_html_join(
            '', '<option value="{}"{}>{}</option>', [(name, selected(name == chosen), name) for name in names]
        )
        for chosen in names
    }


def selected(is_chosen):
    return format_html(' selected=""') if is_chosen else ''


color_options = options_of(colors)
priority_options = options_of(priorities)


@with_user
def status(request, user):
    return answer(request, 'bell.django', {'bell': bell_of(user)})


@with_user
def panel(request, user):
    """What everyone was sent is left out, in its favour."""
    page = Paginator(found_by(request.GET, user), page_length).get_page(request.GET.get('page', 1))
    context = {'bell': bell_of(user), 'count': page.paginator.count, 'page': page}
    rows = rows_of([row.message_id for row in page.object_list], user)
    return answer(request, 'panel.django', {**context, 'messages': [shown(row) for row in rows]})


def rows_of(ids, user):
    """With the host in every condition, so that each is found by its whole key."""
    addresses = MessageAddress.objects.filter(host=user.host_id).order_by('message_id', 'position')
    parents = Message.objects.filter(host=user.host_id, sender__host=user.host_id).select_related('sender')
    return (
        Delivery.objects.filter(host=user.host_id, user=user.id, message__in=ids)
        .filter(message__host=user.host_id, sender__host=user.host_id)
        .select_related('message', 'sender')
        .prefetch_related(
            Prefetch('message__addresses', addresses.select_related('user', 'group')),
            Prefetch('message__parent', parents),
        )
        .order_by('-message_id')
    )


def found_by(fields, user):
    found = Delivery.objects.filter(host=user.host_id, user=user.id, incoming=True, status__in=[0, 1])
    if 'color' in fields:
        found = found.filter(color=colors.index(fields['color']))
    if 'priority' in fields:
        found = found.filter(shown_priority=priorities.index(fields['priority']))
    if 'from' in fields:
        found = found.filter(sender__host=user.host_id, sender__nickname=fields['from'])
    if 'q' in fields:
        words = SearchQuery(fields['q'], config='russian')
        matches = Q(message__words=words) | Q(message__text__icontains=fields['q'])
        found = found.filter(matches, message__host=user.host_id)
    return found.order_by('-message_id')


def bell_of(user):
    """One row of the user and one of the host, both by their keys."""
    counters = [f'unread_{name}' for name in priorities] + [f'host__broadcasts_{name}' for name in priorities]
    values = AppUser.objects.filter(host=user.host_id, id=user.id).values_list(*counters).get()
    unread = [own + everyone for own, everyone in zip(values[:3], values[3:])]
    highest = max((code for code in range(3) if unread[code] > 0), default=None)
    return {'unread': sum(unread), 'priority': None if highest is None else priorities[highest]}


def shown(row):
    priority = priorities[row.shown_priority]
    color = colors[row.color]
    return {
        'id': row.message_id,
        'sender': row.sender.nickname,
        'text': row.message.text,
        'sent_at': row.message.sent_at,
        'parent': row.message.parent,
        'status': statuses[row.status],
        'priority': priority,
        'priority_options': priority_options[priority],
        'color': color,
        'color_options': color_options[color],
        'recipients': [
            address.user.nickname if address.user else address.group.name
            for address in row.message.addresses.all()
        ],
    }


def answer(request, template, context):
    # Little-endian with a byte order mark, as Nichatka (N19).
    text = '\ufeff' + render_to_string(template, context, request)
    response = HttpResponse(text.encode('utf-16le'), content_type='text/html; charset=utf-16')
    response['Cache-Control'] = 'no-store'
    response['Referrer-Policy'] = 'no-referrer'
    return response
