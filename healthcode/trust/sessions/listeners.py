"""What sessions hears: a one-time password was asked for, and wants to be sent."""

from flask import current_app

from healthcode.core.outbox import Happening, hears
from healthcode.trust.sessions import service, sms


@hears("one-time-password.requested")
def send_digits(happening: Happening) -> None:
    """At least once: the event's id is the message's key, so that a provider can leave out the second."""
    through = sms.adapter(current_app.config["SETTINGS"].sms)
    service.send(happening.facts["one_time_password_id"], key=happening.id, through=through)
