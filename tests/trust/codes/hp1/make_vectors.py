"""Write docs/vectors: `python -m tests.trust.codes.hp1.make_vectors`. Fixed keys, so the same bytes every time."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from healthcode.trust.codes.hp1.forms import UNBOUND, Audience, Card, Pass
from healthcode.trust.codes.hp1.verify import verify, verify_station_request
from tests.trust.codes.hp1 import attacks, mint, requests_and_digits
from tests.trust.codes.hp1.attacks import Try

FOLDER = Path(__file__).parents[4] / "docs" / "vectors"
SHORT_ENOUGH = 5000


def documents() -> dict[str, Any]:
    """Every file by its name."""
    codes = [item for item in attacks.every_try() if len(item.text) <= SHORT_ENOUGH]
    table = {"issuer": mint.ISS, "keys": [_published(entry) for entry in mint.PUBLISHED]}
    return {
        "good.json": table | {"vectors": [_code(item) for item in codes if item.expect == "ok"]},
        "bad.json": table | {"vectors": [_code(item) for item in codes if item.expect != "ok"]},
        "station-requests.json": {
            "device_key": _public(mint.DEVICE),
            "vectors": [_request(item) for item in requests_and_digits.requests()],
        },
        "digits.json": {"vectors": [_plain(item) for item in requests_and_digits.typed()]},
        "building.json": _building(),
    }


def _plain(item: Try) -> dict[str, Any]:
    return {"name": item.name, "text": item.text, "expect": item.expect, "why": item.why}


def _code(item: Try) -> dict[str, Any]:
    challenge = None
    if item.challenge is not None:
        challenge = {"station_id": item.challenge[0], "cnonce": item.challenge[1].hex()}
    entry = _plain(item) | {"now": item.now, "challenge": challenge}
    return entry | {"fields": _fields(item)} if item.expect == "ok" else entry


def _fields(item: Try) -> dict[str, Any]:
    audience = UNBOUND if item.challenge is None else Audience(*item.challenge)
    found = verify(item.text, keys=mint.KEYS, now=item.now, issuer=mint.ISS, audience=audience)
    code, common = found.code, {"form": found.form, "kid": found.kid.hex()}
    ends: dict[str, Any] = {
        "replay_key": found.replay_key.hex() if found.replay_key else None,
        "revocation_prefixes": [prefix.hex() for prefix in found.revocation_prefixes],
    }
    if isinstance(code, Pass):
        cert, cnonce = code.certificate, code.audience.cnonce
        own = {"iss": cert.iss, "pass_id": cert.pass_id.hex(), "exp": cert.exp, "iat": code.iat}
        own |= {"aud": code.audience.aud, "cnonce": cnonce.hex() if cnonce else None}
    elif isinstance(code, Card):
        own = {"iss": code.iss, "card_id": code.card_id.hex(), "iat": code.iat}
    else:
        own = {"iss": code.iss, "pass_id": code.pass_id.hex(), "ticket_id": code.ticket_id.hex(), "exp": code.exp}
    return common | own | ends


def _request(item: Try) -> dict[str, Any]:
    entry = _plain(item) | {"now": item.now}
    if item.expect != "ok":
        return entry
    found = verify_station_request(item.text, device_key=mint.DEVICE.public_key(), now=item.now)
    fields = {"station_id": found.station_id, "station_name": found.station_name, "iat": found.iat}
    return entry | {"fields": fields | {"cnonce": found.cnonce.hex()}}


def _building() -> dict[str, Any]:
    """Step by step, what a phone does, so that an implementer sees where the bytes part."""
    cert = mint.certificate()
    free, bound = {3: "h", 6: mint.NOW}, {3: mint.STATION, 6: mint.NOW, 39: mint.CNONCE}
    steps = [_steps("showing", free, cert), _steps("showing-for-a-station", bound, cert)]
    numbers = mint.PHONE.private_numbers()
    return {
        "phone_key": _public(mint.PHONE) | {"d": _b64(numbers.private_value.to_bytes(32, "big"))},
        "certificate": {
            "bytes": cert.hex(),
            "base64url": _b64(cert),
            "protected": mint.dump({1: -7, 4: b"\x01"}).hex(),
            "payload": mint.dump(mint.certificate_claims()).hex(),
        },
        "showings": steps,
    }


def _steps(name: str, claims: dict[int, Any], cert: bytes) -> dict[str, Any]:
    protected, payload = mint.showing_head(cert), mint.dump(claims)
    whole = mint.showing(claims, cert=cert)
    return {
        "name": name,
        "iat": claims[6],
        "aud": claims[3],
        "cnonce": claims[39].hex() if 39 in claims else None,
        "protected": protected.hex(),
        "payload": payload.hex(),
        "to_be_signed": mint.to_be_signed(protected, payload).hex(),
        "signature": whole[-64:].hex(),
        "bytes": whole.hex(),
        "text": mint.text(whole),
    }


def _published(entry: mint.Published) -> dict[str, Any]:
    dates = {"not_before": entry.not_before, "expires": entry.expires, "retired": entry.retired}
    return {"kid": entry.kid.hex(), "form": entry.form} | _public(entry.key) | dates


def _public(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    point = key.public_key().public_numbers()
    return {"x": _b64(point.x.to_bytes(32, "big")), "y": _b64(point.y.to_bytes(32, "big"))}


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def written(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (FOLDER / name).write_text(written(document), encoding="ascii")


if __name__ == "__main__":
    main()
