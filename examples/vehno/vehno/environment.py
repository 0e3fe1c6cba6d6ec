"""What the settings take from outside."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


def secret_key(folder: Path) -> str:
    """Made at the first start, and kept for the next."""
    file = folder / "secret-key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(48))
    return file.read_text()


def database(url: str) -> dict:
    """
    `postgresql://user:password@host:port/name`, or `postgresql:///name?host=/folder/of/the/socket&user=vehno`.
    All tables are in the schema `vehno`, which belongs to the role in the address.
    """
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or given.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or given.get("host", ""),
        "PORT": str(parts.port or given.get("port", "")),
        "OPTIONS": {"options": "-c search_path=vehno"},
        "CONN_MAX_AGE": 60,
    }
