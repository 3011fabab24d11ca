"""From a stranger's text to a code whose signatures and moment hold: HP1, with this city's keys and words."""

from datetime import datetime

from healthcode.core import signing
from healthcode.core.problems import Problem
from healthcode.registry.devices import service as devices
from healthcode.trust.codes import problems
from healthcode.trust.codes.hp1.forms import UNBOUND, Audience
from healthcode.trust.codes.hp1.refusals import Refusal
from healthcode.trust.codes.hp1.verify import Verified, VerifyingKey, verify, verify_station_request

_MET = {
    problem.slug(): problem
    for problem in (
        problems.CodeUnreadable,
        problems.CodeNotOurs,
        problems.CodeNotReady,
        problems.CodeExpired,
        problems.ChallengeMismatch,
    )
}


class CityKeys:
    """The city's published code keys, as the format asks for them. Dates decide: a retired key has its own end."""

    def find(self, kid: bytes) -> VerifyingKey | None:
        key = signing.keyring().known(kid)
        if key is None or (key.use != "pass" and key.use != "ticket" and key.use != "card"):
            return None
        return VerifyingKey(key.use, key.public, int(key.not_before.timestamp()), int(key.expires.timestamp()))


CITY_KEYS = CityKeys()


def read_code(text: str, *, at: datetime, audience: Audience = UNBOUND) -> Verified:
    """The code in `text`, judged at a moment. Raises the problem that the person at the scanner meets."""
    try:
        return verify(text, keys=CITY_KEYS, now=int(at.timestamp()), issuer=signing.issuer(), audience=audience)
    except Refusal as refusal:
        raise met(refusal) from None


def read_request(text: str, *, device: devices.Device | None, at: datetime) -> Audience:
    """What the station asked for, if this very device asked it. Raises ChallengeMismatch."""
    if device is None or device.public_key is None:
        raise problems.ChallengeMismatch()
    key = signing.load_jwk(device.public_key)
    try:
        request = verify_station_request(text, device_key=key, now=int(at.timestamp()))
    except Refusal:
        raise problems.ChallengeMismatch() from None
    if request.station_id != device.institution.code:
        raise problems.ChallengeMismatch()
    return request.audience


def met(refusal: Refusal) -> Problem:
    """The problem a refusal of the format becomes."""
    return _MET[refusal.slug]()
