"""What sessions hears: digits that want to be sent, and phones that are in other hands."""

from flask import current_app

from healthcode.core.outbox import Happening, hears
from healthcode.trust.sessions import service, sms


@hears("one-time-password.requested")
def send_digits(happening: Happening) -> None:
    """At least once: the event's id is the message's key, so that a provider can leave out the second."""
    through = sms.adapter(current_app.config["SETTINGS"].sms)
    service.send(happening.facts["one_time_password_id"], key=happening.id, through=through)


@hears("phone.lost")
def sign_out_a_lost_phone(happening: Happening) -> None:
    facts = happening.facts
    service.end_all_of(facts["resident_id"], but=facts["reported_in_session_id"], reason="lost")


@hears("code.blocked")
def sign_out_whose_code_was_blocked(happening: Happening) -> None:
    """Two people say that the phone was lost or stolen: whoever has it reads nothing with it either."""
    service.end_all_of(happening.facts["resident_id"], but=None, reason="blocked")


@hears("resident.phone-changed")
def sign_out_the_phone_before(happening: Happening) -> None:
    service.end_of_old_phones(happening.facts["resident_id"])
