"""Who asks: the same token of the host that Nichatka takes, checked at each request as Nichatka must be ready to."""

import base64
import hashlib
import hmac
import json
import time
from functools import wraps

from django.conf import settings
from django.http import HttpResponse

from .models import AppUser

users = {}


def with_user(view):
    """Calls the view with the user that the token names; 401 where there is none."""

    @wraps(view)
    def wrapper(request):
        user = user_of(request)
        return HttpResponse(status=401) if user is None else view(request, user)

    return wrapper


def user_of(request):
    token = request.META.get('HTTP_AUTHORIZATION', '')[len('Bearer ') :]
    signed, _, signature = token.rpartition('.')
    expected = hmac.new(settings.PEER_SECRET, signed.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, decode(signature)):
        return None
    claims = json.loads(decode(signed.partition('.')[2]))
    if claims['aud'] != settings.PEER_HOST_NAME or claims['exp'] + 60 <= time.time():
        return None
    return known_user(claims['sub']) if claims['sub'] == request.GET.get('user') else None


def known_user(nickname):
    """Users never go away: asked once of the database, as Nichatka does."""
    if nickname not in users:
        users[nickname] = AppUser.objects.get(host__name=settings.PEER_HOST_NAME, nickname=nickname)
    return users[nickname]


def decode(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
