"""The bell, the place of its panel, and their script. All three are nothing for visitors who are not signed in."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from ..conf import configuration
from ..visitor import nickname_of

register = template.Library()


@register.simple_tag(takes_context=True)
def nichatka_bell(context):
    """Where the bell stands, in the top menu."""
    nickname = visitor(context)
    if nickname is None:
        return ""
    url, signer, _ = configuration()
    return format_html(
        '<nichatka-bell user="{}" token="{}" src="{}" token-url="{}"></nichatka-bell>',
        nickname,
        signer.sign(nickname),
        url,
        reverse("nichatka:token"),
    )


@register.simple_tag(takes_context=True)
def nichatka_panel(context):
    """Where the panel opens, beside or over the page."""
    return "" if visitor(context) is None else format_html("<nichatka-panel></nichatka-panel>")


@register.simple_tag(takes_context=True)
def nichatka_script(context, integrity="", nonce=""):
    """
    :param integrity: the script's hash, e.g. `sha384-…`, where the project pins it
    :param nonce: for a content security policy that asks for one
    """
    if visitor(context) is None:
        return ""
    given = [("integrity", integrity), ("nonce", nonce)]
    return format_html(
        '<script src="{}nichatka.js" defer crossorigin="anonymous"{}></script>',
        configuration().url,
        format_html_join("", ' {}="{}"', [pair for pair in given if pair[1]]),
    )


def visitor(context):
    """By the request, or by what the context calls `user`."""
    request = context.get("request")
    return nickname_of(getattr(request, "user", None) or context.get("user"))
