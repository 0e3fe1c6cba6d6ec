"""
Система Запросов и Заданий «ВЕХНО»: an ordinary Django project. Its settings come from the environment:

VEHNO_DATABASE_URL   where PostgreSQL is: see environment.py
VEHNO_DATA           the folder of the secret key; `data` beside manage.py by default
VEHNO_HOSTS          host names it answers to, with commas; those of this machine by default
"""

import os
from pathlib import Path

from .environment import database, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = secret_key(Path(os.environ.get("VEHNO_DATA", BASE_DIR / "data")))
DEBUG = False
ALLOWED_HOSTS = os.environ.get("VEHNO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DATABASES = {"default": database(os.environ.get("VEHNO_DATABASE_URL", "postgresql:///vehno"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "nichatka",
    "tasks",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "vehno.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "vehno.urls"
WSGI_APPLICATION = "vehno.wsgi.application"

LANGUAGE_CODE = "ru"
TIME_ZONE = "Europe/Moscow"
USE_TZ = True
USE_L10N = True
STATIC_URL = "/static/"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "requests"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_NAME = "vehno-session"
CSRF_COOKIE_NAME = "vehno-csrf"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

NICHATKA_URL = os.environ.get("NICHATKA_URL", "/nichatka/")
NICHATKA_HOST = "vehno"
NICHATKA_KEY = os.environ.get("NICHATKA_KEY")

CONTENT_SECURITY_POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'", NICHATKA_URL],
    "connect-src": ["'self'", NICHATKA_URL],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["'none'"],
}
