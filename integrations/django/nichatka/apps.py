from django.apps import AppConfig
from django.core.checks import register


class NichatkaConfig(AppConfig):
    """No models, hence no tables and no migrations: what Nichatka keeps, its own service keeps (N2)."""

    name = "nichatka"
    verbose_name = "Nichatka"

    def ready(self):
        from .checks import check_settings

        register(check_settings)
