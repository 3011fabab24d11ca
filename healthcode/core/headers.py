"""What every answer carries: a request id to find it by, and the headers that keep browsers strict."""

import uuid

import structlog
from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from healthcode.core import clock

log = structlog.get_logger()

# Nothing from outside, nothing inline; WebAssembly reads QR codes from the camera.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


def _arrive() -> None:
    g.request_id = str(uuid.uuid4())  # ours: a client's own id could carry anything
    g.arrived = clock.ticks()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _leave(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = g.get("request_id", "")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(self), payment=()"
    # A service worker's fetches obey the policy its own script came with.
    is_page = response.mimetype in ("text/html", "text/javascript")
    headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else _DATA_POLICY)
    headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    log.info(
        "request",
        door=request.endpoint or "nowhere",
        method=request.method,
        status=response.status_code,
        milliseconds=round((clock.ticks() - g.arrived) * 1000, 1) if "arrived" in g else None,
    )
    return response


def init_app(app: Flask, trusted_proxies: int) -> None:
    """`trusted_proxies`: so many hops in front are believed about the client's address; none by default."""
    if trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted_proxies, x_proto=trusted_proxies, x_host=trusted_proxies)  # type: ignore[method-assign]
    app.before_request(_arrive)
    app.after_request(_leave)
