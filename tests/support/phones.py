"""A resident's phone and a scanner's device, as programs: keys of their own, and codes made the way the real ones do."""

import base64
import os
import uuid
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient

from healthcode.core import clock, p256
from healthcode.trust.codes.hp1 import forms
from healthcode.trust.codes.hp1.cose import signer


def fresh_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def new_deed() -> dict[str, str]:
    """An Idempotency-Key for one deed."""
    return {"Idempotency-Key": str(uuid.uuid4())}


@dataclass
class Phone:
    """Holds certificates for keys that never leave it, and signs showings. `headers` is its owner's session."""

    headers: dict[str, str]
    resident_id: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=fresh_key)
    certificate: bytes = b""
    pass_id: str = ""

    def fetch(self, client: FlaskClient, *, for_resident: str | None = None) -> dict[str, Any]:
        """Ask for a certificate for the phone's key, for its owner or for somebody who gave a grant."""
        answer = client.post(
            f"/api/v1/residents/{for_resident or self.resident_id}/passes",
            json={"keys": [{"public_key": p256.public_jwk(self.key.public_key())}]},
            headers=self.headers | new_deed(),
        )
        assert answer.status_code == 201, answer.json
        issued: dict[str, Any] = answer.json["passes"][0]
        self.take(issued)
        return issued

    def take(self, issued: dict[str, Any]) -> None:
        """Keep a certificate that was issued for this phone's key."""
        text = issued["certificate"]
        self.certificate = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        self.pass_id = issued["pass_id"]

    def show(self, *, off_by: int = 0, request: str | None = None) -> str:
        """The text on the screen now; `request` is a station's, shown to the phone and answered."""
        audience = forms.read_station_request(request).audience if request else forms.UNBOUND
        return forms.write_pass(
            certificate=self.certificate, iat=clock.epoch() + off_by, sign=signer(self.key), audience=audience
        )


@dataclass
class Scanner:
    """An enrolled device: its key, its session, and where it stands."""

    headers: dict[str, str]
    device_id: str
    institution_id: str
    station: str  # the institution's public code
    key: ec.EllipticCurvePrivateKey

    def ask(self, *, cnonce: bytes | None = None, name: str = "测试站") -> str:
        """A station's request, signed by this device, to be shown to a phone."""
        return forms.write_station_request(
            station_id=self.station,
            station_name=name,
            iat=clock.epoch(),
            cnonce=cnonce or os.urandom(8),
            sign=signer(self.key),
        )

    def read(self, client: FlaskClient, code: str, *, step: str = "check-in", **more: Any) -> Any:
        """Send what was read; the answer as it comes."""
        return client.post("/api/v1/verifications", json={"code": code, "step": step, **more}, headers=self.headers)
