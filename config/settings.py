"""Settings: a line per knob, its meaning and its unit beside it. Nothing else in the house reads the environment."""

import base64
import binascii
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


class BadSettings(Exception):
    """Names every missing or wrong setting at once; the service refuses to start with it."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("settings: " + "; ".join(complaints))
        self.complaints = complaints


@dataclass(frozen=True)
class Settings:
    """Everything a deployment decides. Built by `load`, or by hand in tests."""

    database_url: str  # sqlite:///file or postgresql+psycopg://…
    folder: Path  # where keys, checkpoints and the embedded database live; must survive restarts
    master_keys: Mapping[str, bytes] = field(repr=False)  # id -> 32 bytes, newest first; wraps every person's key
    index_key: bytes = field(repr=False)  # 32 bytes; keys the blind indexes, as secret as the data they find
    city: str = "JJ"  # at most two capital letters; `iss` of every code
    city_name_zh: str = "晋江市"  # shown on pages
    city_name_en: str = "Jinjiang"
    zone: str = "Asia/Shanghai"  # the city's time zone: decides what "today" is
    environment: Literal["production", "development", "test"] = "production"
    public_url: str = "http://127.0.0.1:8700"  # how people reach it; https decides the Secure flag of cookies
    sms: str = "none"  # an installed provider's name; "development" shows messages on a local page instead of sending
    channels: str = (
        "none"  # payment channels, `name=https://host[,…]`; the keys of each lie in channels/<name> of the folder
    )
    reconcile_hour: int = 6  # of the city's morning, from which yesterday is compared with the channels' statements
    visit_again_days: int = 7  # after a charged visit, in which the same department costs what a visit again costs
    no_queue_fee_from_age: int = 65  # years; the fee itself is an item of the catalogue
    log_level: Literal["info", "warning"] = "info"  # "warning" leaves out the line for every request
    trusted_proxies: int = 0  # hops in front whose X-Forwarded-For is believed
    clock_offset_seconds: int = 0  # tests only: moves the clock of every process alike
    access_token_seconds: int = 900  # life of an access token
    refresh_token_days: int = 30  # life of a resident's session
    staff_idle_seconds: int = 900  # a staff session unused for so long is over
    argon2_memory_kib: int = 19456  # memory of one password check; 19 MiB, t=2, p=1 takes some 24 ms
    otp_daily_budget_fen: int = 100_000  # what one-time passwords may cost the city in a day
    otp_price_fen: int = 5  # what one message costs
    statement_timeout_ms: int = 2_000  # PostgreSQL gives a statement up after this
    lock_timeout_ms: int = 1_500  # …and waits so long for a lock, which must be less; SQLite: busy timeout
    pool_size: int = 16  # database connections a process keeps
    rate_factor: int = 1  # multiplies every rate; load tests raise it, nobody else

    @property
    def is_development(self) -> bool:
        return self.environment == "development"

    @property
    def channel_addresses(self) -> dict[str, str]:
        """Where each payment channel answers, by its name."""
        return {} if self.channels == "none" else dict(one.split("=", 1) for one in self.channels.split(","))

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


_PREFIX = "HEALTHCODE_"
_CHANNEL = r"[a-z][a-z0-9-]{0,31}=https?://[^/,\s]+"


def load(environ: Mapping[str, str]) -> Settings:
    """Read HEALTHCODE_* from `environ`.

    Keys are base64 of 32 bytes; HEALTHCODE_MASTER_KEYS is `id:base64[,id:base64…]`, newest first.
    Unknown HEALTHCODE_ names are refused: a misspelt knob must not pass for a turned one.
    Raises BadSettings naming every complaint at once.
    """
    given = {name[len(_PREFIX) :].lower(): text for name, text in environ.items() if name.startswith(_PREFIX)}
    complaints: list[str] = []
    values: dict[str, object] = {}
    for name, spec in Settings.__dataclass_fields__.items():
        text = given.pop(name, None)
        if text is None:
            if name in ("database_url", "folder", "master_keys", "index_key"):
                complaints.append(f"{_PREFIX}{name.upper()} is missing")
            continue
        try:
            values[name] = _read(name, text, spec.type)
        except ValueError as why:
            complaints.append(f"{_PREFIX}{name.upper()} {why}")
    complaints += [f"{_PREFIX}{name.upper()} is not a setting" for name in sorted(given) if name not in _NOT_OURS]
    if not complaints:
        settings = Settings(**values)  # type: ignore[arg-type]  # each value was read by its field's own type
        complaints += _weigh(settings)
        if not complaints:
            return settings
    raise BadSettings(complaints)


# Names with our prefix that belong to tools around the service, not to the service.
_NOT_OURS = {"require_all", "home"}


def _read(name: str, text: str, kind: object) -> object:
    if name == "folder":
        return Path(text)
    if name == "master_keys":
        return dict(_master_key(part) for part in text.split(","))
    if name == "index_key":
        return _key(text)
    if kind is int:
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise ValueError("must be a whole number")
        return int(text)
    return text


def _master_key(part: str) -> tuple[str, bytes]:
    key_id, colon, text = part.partition(":")
    if not colon or not re.fullmatch(r"[a-z0-9-]{1,16}", key_id):
        raise ValueError("must be id:base64, ids of small letters and digits")
    return key_id, _key(text)


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ValueError("must be 32 bytes in base64")
    return key


# The least that a count can be. A lock_timeout of nothing would mean none, and a pool of none one without end.
_LEAST = {
    "trusted_proxies": 0,
    "access_token_seconds": 1,
    "refresh_token_days": 1,
    "staff_idle_seconds": 1,
    "argon2_memory_kib": 8,
    "otp_daily_budget_fen": 0,
    "otp_price_fen": 0,
    "statement_timeout_ms": 0,
    "lock_timeout_ms": 1,
    "pool_size": 1,
    "rate_factor": 1,
}


def _weigh(settings: Settings) -> list[str]:
    """What being of the right type does not tell."""
    wrong = [
        f"{_PREFIX}{name.upper()} must be at least {least}"
        for name, least in _LEAST.items()
        if getattr(settings, name) < least
    ]
    if not re.fullmatch(r"[A-Z]{1,2}", settings.city):
        wrong.append(f"{_PREFIX}CITY must be one or two capital letters")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        wrong.append(f"{_PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    if settings.environment not in ("production", "development", "test"):
        wrong.append(f"{_PREFIX}ENVIRONMENT must be production, development or test")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", settings.sms):  # whether it is installed is asked at the start
        wrong.append(f"{_PREFIX}SMS must be development, none, or a provider's name in small letters")
    if settings.channels != "none" and not re.fullmatch(f"{_CHANNEL}(,{_CHANNEL})*", settings.channels):
        wrong.append(f"{_PREFIX}CHANNELS must be none or name=https://host[,…], names in small letters")
    if settings.log_level not in ("info", "warning"):
        wrong.append(f"{_PREFIX}LOG_LEVEL must be info or warning")
    if 0 < settings.statement_timeout_ms <= settings.lock_timeout_ms:  # else nobody hears what was waited for
        wrong.append(f"{_PREFIX}LOCK_TIMEOUT_MS must be less than {_PREFIX}STATEMENT_TIMEOUT_MS")
    if settings.environment == "production":
        wrong += _weigh_for_production(settings)
    try:
        zoneinfo.ZoneInfo(settings.zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        wrong.append(f"{_PREFIX}ZONE is not a time zone")
    return wrong


def _weigh_for_production(settings: Settings) -> list[str]:
    """What is well for trying things out and nowhere else."""
    wrong = []
    if not re.fullmatch(r"https://[^/\s]+\S*", settings.public_url):
        wrong.append(f"{_PREFIX}PUBLIC_URL must begin with https:// in production, or cookies travel unencrypted")
    if settings.sms == "development":
        wrong.append(f"{_PREFIX}SMS=development shows everybody's one-time passwords: not in production")
    if "=http://" in settings.channels:
        wrong.append(f"{_PREFIX}CHANNELS must be https:// in production")
    if settings.clock_offset_seconds:
        wrong.append(f"{_PREFIX}CLOCK_OFFSET_SECONDS is for tests: not in production")
    if settings.rate_factor != 1:
        wrong.append(f"{_PREFIX}RATE_FACTOR is for load tests: not in production")
    return wrong
