"""Where the widget gets its next token before the last one expires."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from .conf import configuration
from .visitor import nickname_of


@require_safe
def token(request):
    """
    Never a redirect to a sign-in page: whatever is not a token tells the widget that its user has signed out. No other
    site gets one (attack C5); browsers that do not tell where a request comes from are kept out by CORS alone.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return answer("a token is for pages of this site", 403)
    nickname = nickname_of(getattr(request, "user", None))
    if nickname is None:
        return answer("not signed in", 401)
    return answer(configuration().signer.sign(nickname), 200)


def answer(text: str, status: int) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
