"""Every length of time in the format, in seconds, and what it means to be inside it.

All moments are whole seconds since 1970-01-01T00:00:00Z. Nobody here asks a clock.
"""

from .refusals import Expired, NotReady

SHOWING_AHEAD = 30
"""A phone's clock may run this far ahead of the verifier's …"""
SHOWING_AGE = 60
"""… and a showing (or a ticket) lives this long: a screenshot is worthless afterwards."""
RESIGN_EVERY = 15
"""How often a phone signs a new showing while its code is on the screen."""
CERTIFICATE_LIFE = 24 * 3600
CERTIFICATE_SLACK = 5 * 60
"""A certificate begins this much before its 24 hours, so that one day's may overlap the next."""
REQUEST_LIFE = 180
"""A station's request may be answered this long: read the name, think, press, hold the phone up again."""


def judge_showing(iat: int, now: int) -> None:
    """Both ends belong to the window: exactly 30 s ahead and exactly 60 s old are still taken."""
    if iat > now + SHOWING_AHEAD:
        raise NotReady("signed in the future")
    if iat < now - SHOWING_AGE:
        raise Expired("signed too long ago")


def judge_certificate(exp: int, shown_at: int) -> None:
    """Judged at the showing's own moment: (exp − 24 h − 5 min, exp]."""
    if shown_at > exp:
        raise Expired("shown after the certificate's end")
    if shown_at <= exp - CERTIFICATE_LIFE - CERTIFICATE_SLACK:
        raise NotReady("shown before the certificate's beginning")


def judge_ticket(exp: int, now: int) -> None:
    """A ticket is a showing made by the city 60 s before its end, and judged as one."""
    judge_showing(exp - SHOWING_AGE, now)


def judge_card(iat: int, now: int) -> None:
    """A card has no end of its own: revocation and its key's dates end it."""
    if iat > now + SHOWING_AHEAD:
        raise NotReady("made in the future")


def judge_request(iat: int, now: int) -> None:
    if iat > now + SHOWING_AHEAD:
        raise NotReady("asked in the future")
    if iat < now - REQUEST_LIFE:
        raise Expired("asked too long ago")
