"""What other rooms, the gate's callers and the doors may ask of sessions."""

from healthcode.trust.sessions.service.asking import Standing, make_sure_reports_are_open, resolve, seen
from healthcode.trust.sessions.service.devices import DeviceSignedIn, sign_in_device
from healthcode.trust.sessions.service.housekeeping import forget_old
from healthcode.trust.sessions.service.lost import end_all_of, end_of_old_phones
from healthcode.trust.sessions.service.one_time_passwords import Expected, Message, recent_messages, request, send
from healthcode.trust.sessions.service.opening import Renewed, SignedIn, end_sessions, renew
from healthcode.trust.sessions.service.own import confirm, device_of, end_current, end_other, sessions_of
from healthcode.trust.sessions.service.residents import sign_in
from healthcode.trust.sessions.service.staff import (
    Checked,
    StaffAccount,
    check_password,
    new_staff_account,
    sign_in_staff,
)

__all__ = [
    "Checked",
    "DeviceSignedIn",
    "Expected",
    "Message",
    "Renewed",
    "SignedIn",
    "StaffAccount",
    "Standing",
    "check_password",
    "confirm",
    "device_of",
    "end_all_of",
    "end_current",
    "end_of_old_phones",
    "end_other",
    "end_sessions",
    "forget_old",
    "make_sure_reports_are_open",
    "new_staff_account",
    "recent_messages",
    "renew",
    "request",
    "resolve",
    "seen",
    "send",
    "sessions_of",
    "sign_in",
    "sign_in_device",
    "sign_in_staff",
]
