from django.conf import settings


class ContentSecurityPolicy:
    """Nothing of another's runs or is loaded here, unless the settings name it."""

    def __init__(self, get_response):
        self.get_response = get_response
        rules = settings.CONTENT_SECURITY_POLICY.items()
        self.policy = "; ".join(" ".join([name, *values]) for name, values in rules)

    def __call__(self, request):
        response = self.get_response(request)
        response["Content-Security-Policy"] = self.policy
        return response
