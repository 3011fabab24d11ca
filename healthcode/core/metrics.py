"""Numbers for Prometheus: how often, how long, how it ended. No label ever holds a person."""

from flask import Flask, Response, g, request
from prometheus_client import REGISTRY as ONE_PROCESS
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from healthcode.core import clock

REQUESTS = Counter("healthcode_requests_total", "Requests by door and status", ["door", "status"])
SECONDS = Histogram(
    "healthcode_request_seconds",
    "Seconds from arrival to answer",
    ["door"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.4, 1, 2.5, 10),
)
BUDGETS_SPENT = Counter(
    "healthcode_budgets_spent_total", "Reads refused because one account had read too much", ["door"]
)
CALLBACKS_REFUSED = Counter(
    "healthcode_callbacks_refused_total", "Messages in a payment channel's name that it did not send", ["channel"]
)
WAITING = Gauge("healthcode_deliveries_waiting", "Events that wait for a listener", multiprocess_mode="mostrecent")
MIMETYPE = "text/plain; version=0.0.4; charset=utf-8"


def page(folder: str | None) -> bytes:
    """All numbers in Prometheus' text form; of all processes if they share a `folder`."""
    if folder is None:
        return generate_latest(ONE_PROCESS)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def init_app(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = clock.ticks()

    @app.after_request
    def count(response: Response) -> Response:
        door = request.endpoint or "nowhere"
        REQUESTS.labels(door, str(response.status_code)).inc()
        if (started := g.get("started")) is not None:
            SECONDS.labels(door).observe(clock.ticks() - started)
        return response
