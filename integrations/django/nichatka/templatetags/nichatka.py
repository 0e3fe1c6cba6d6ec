"""The bell, the place of its panel, and their script. All three are nothing for visitors who are not signed in."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from ..conf import configuration
from ..visitor import nickname_of

register = template.Library()


@register.simple_tag(takes_context=True)
def nichatka_bell(context, interval="", lang=""):
    """
    Where the bell stands, in the top menu.

    :param interval: seconds between two requests, 5 to 3,600; the widget's own choice where left out
    :param lang: `ru` or `en`; the page's by default
    """
    nickname = visitor(context)
    if nickname is None:
        return ""
    url, signer, _ = configuration()
    return format_html(
        '<nichatka-bell user="{}" token="{}" src="{}" token-url="{}"{}></nichatka-bell>',
        nickname,
        signer.sign(nickname),
        url,
        reverse("nichatka:token"),
        attributes(interval=interval, lang=lang),
    )


@register.simple_tag(takes_context=True)
def nichatka_panel(context):
    """Where the panel opens, beside or over the page."""
    return "" if visitor(context) is None else format_html("<nichatka-panel></nichatka-panel>")


@register.simple_tag(takes_context=True)
def nichatka_script(context, file="nichatka.js", integrity="", nonce=""):
    """
    :param file: the name with a digest, `nichatka.<digest>.js`, where the project pins the script
    :param integrity: its hash, e.g. `sha384-…`
    :param nonce: for a content security policy that asks for one
    """
    if visitor(context) is None:
        return ""
    return format_html(
        '<script src="{}{}" defer crossorigin="anonymous"{}></script>',
        configuration().url,
        file,
        attributes(integrity=integrity, nonce=nonce),
    )


def attributes(**given):
    """Those that are given."""
    return format_html_join("", ' {}="{}"', [(name, value) for name, value in given.items() if value])


def visitor(context):
    """By the request, or by what the context calls `user`."""
    request = context.get("request")
    return nickname_of(getattr(request, "user", None) or context.get("user"))
