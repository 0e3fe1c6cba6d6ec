"""A plain Django 3.2 project over the tables of Nichatka, to be measured beside it. All that varies comes by the environment."""

import os

DEBUG = False
SECRET_KEY = 'signs nothing: there are no sessions and no forms'
ALLOWED_HOSTS = ['*']
ROOT_URLCONF = 'peer.urls'
INSTALLED_APPS = ['peer.apps.PeerConfig']
MIDDLEWARE = ['django.middleware.gzip.GZipMiddleware']
# With DEBUG off the templates are kept compiled.
TEMPLATES = [{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True}]
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': 'veche',
        'USER': 'veche',
        'HOST': os.environ['PEER_DATABASE_HOST'],
        'PORT': os.environ['PEER_DATABASE_PORT'],
        # Connections are kept.
        'CONN_MAX_AGE': None,
        'OPTIONS': {'options': '-c search_path=nichatka'},
    }
}
USE_TZ = True
TIME_ZONE = 'UTC'
LANGUAGE_CODE = 'ru'
USE_I18N = False
LOGGING_CONFIG = None

PEER_HOST_NAME = os.environ['PEER_HOST_NAME']
PEER_SECRET = bytes.fromhex(os.environ['PEER_SECRET'])
