"""Putting the house together: every floor, every room, in one place. Assembles; decides nothing."""

from importlib import import_module

from flask import Flask

from config import Settings
from healthcode.care.bills import channels
from healthcode.care.bills import service as bills
from healthcode.care.bills.payments import service as payments
from healthcode.care.bills.reconciling import service as reconciling
from healthcode.care.bills.visits import VisitRules
from healthcode.core import clock, db, headers, http, logs, openapi, problems, rates, sealing, secrets, signing
from healthcode.core.keyring import Keyring
from healthcode.trust import gate
from healthcode.trust.sessions import service as sessions
from healthcode.trust.sessions import sms

# The rooms whose doors stand in the API's document, in its order; then those that serve pages and plumbing.
API_ROOMS = (
    "healthcode.trust.sessions",
    "healthcode.trust.family",
    "healthcode.registry.residents",
    "healthcode.trust.codes",
    "healthcode.care.appointments",
    "healthcode.care.appointments.queue",
    "healthcode.care.appointments.calendar",
    "healthcode.care.bills",
    "healthcode.care.bills.payments",
    "healthcode.care.bills.reconciling",
    "healthcode.care.bills.papers",
    "healthcode.care.reports",
    "healthcode.pathways.referrals",
    "healthcode.watch.agenda",
    "healthcode.watch.notices",
    "healthcode.registry.institutions",
    "healthcode.registry.devices",
    "healthcode.trust.audit",
)
PAGE_ROOMS = (
    "healthcode.doors.front",
    "healthcode.doors.portal",
    "healthcode.doors.scanner",
    "healthcode.doors.desk",
    "healthcode.doors.wall",
)
# Rooms that hear: importing the module is what registers its listeners.
LISTENERS = (
    "healthcode.registry.residents",
    "healthcode.trust.sessions",
    "healthcode.trust.codes",
    "healthcode.trust.family",
    "healthcode.care.appointments",
    "healthcode.care.appointments.calendar",
    "healthcode.care.bills",
    "healthcode.pathways.referrals",
    "healthcode.watch.notices",
)


def assemble(settings: Settings) -> Flask:
    """The service, assembled for these settings. Touches no network and runs no migration. Raises BadSettings."""
    sms.make_ready(settings.sms)
    channels.make_ready(settings)
    payments.configure(settings.public_url)
    reconciling.in_the_morning(settings.reconcile_hour)
    bills.configure(VisitRules(settings.visit_again_days, settings.no_queue_fee_from_age))
    app = Flask("healthcode", static_folder=None, template_folder="doors/templates")
    app.config["SETTINGS"] = settings
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = db.engine_options(
        settings.database_url,
        pool_size=settings.pool_size,
        statement_timeout_ms=settings.statement_timeout_ms,
        lock_timeout_ms=settings.lock_timeout_ms,
    )
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.extensions["trail_tables"] = sealing.TrailHead.__table__  # its tables are part of every database
    equip(settings)
    headers.init_app(app, settings.trusted_proxies)
    problems.init_app(app)
    rates.init_app(app)
    db.init_app(app)
    http.init_app(app, http.House(resolve=sessions.resolve, judge=gate.judge, seen=sessions.seen))
    _open_rooms(app)
    return app


def equip(settings: Settings) -> None:
    """Give the ground floor its clock, keys and counters; commands that need no web service call it alone."""
    logs.configure(as_json=settings.environment != "development", level=settings.log_level)
    clock.configure(settings.zone, settings.clock_offset_seconds)
    vault = secrets.Vault(settings.master_keys, settings.index_key)
    secrets.configure(vault)
    ring = Keyring(settings.folder / "keys", vault)
    ring.ensure()
    signing.configure(ring, settings.city)
    rates.configure(settings.rate_factor)


def _open_rooms(app: Flask) -> None:
    document = openapi.init_app(app)
    for name in API_ROOMS:
        document.open(app, import_module(f"{name}.routes").room)
    for name in PAGE_ROOMS:
        for room in import_module(f"{name}.routes").rooms:
            app.register_blueprint(room)
    for name in LISTENERS:
        import_module(f"{name}.listeners")
    app.extensions["openapi"] = document
