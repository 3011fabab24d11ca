"""Where a command finds its settings, and the service assembled for them."""

import base64
import os
import secrets
from pathlib import Path

import click
from flask import Flask

from config import BadSettings, Settings, load

FOLDER = Path(os.environ.get("HEALTHCODE_HOME", "var")).resolve()
_FILE = "settings.env"


def settings() -> Settings:
    """The environment's settings; where it has none, those of the model town in `var/`. Ends the command if they are wrong."""
    if "HEALTHCODE_DATABASE_URL" not in os.environ and (FOLDER / _FILE).exists():
        # Into the environment itself, so that the processes of the server find them too.
        os.environ.update(_read(FOLDER / _FILE) | dict(os.environ))
    from healthcode.trust.sessions import sms

    try:
        chosen = load(os.environ)
        sms.make_ready(chosen.sms)
        return chosen
    except BadSettings as wrong:
        raise click.ClickException("the settings are not right:\n  " + "\n  ".join(wrong.complaints)) from None


def model_settings() -> Settings:
    """Settings for trying things out: made once with keys of their own, kept in `var/` for the next time."""
    file = FOLDER / _FILE
    if "HEALTHCODE_DATABASE_URL" not in os.environ and not file.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        text = "".join(f"HEALTHCODE_{name}={value}\n" for name, value in _fresh().items())
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
    return settings()


def _fresh() -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{FOLDER / 'healthcode.db'}",
        "FOLDER": str(FOLDER),
        "MASTER_KEYS": f"first:{_key()}",
        "INDEX_KEY": _key(),
        "ENVIRONMENT": "development",
        "SMS": "development",
        "LOG_LEVEL": "warning",
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _read(file: Path) -> dict[str, str]:
    lines = (line.partition("=") for line in file.read_text().splitlines() if line and not line.startswith("#"))
    return {name: value for name, _, value in lines}


def service(chosen: Settings | None = None) -> Flask:
    """The service, assembled, for commands that work inside it: `with service().app_context():`."""
    from healthcode import create_app

    return create_app(chosen or settings())
