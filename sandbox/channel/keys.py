"""The keys of both sides, made at the first start, and what is signed and sealed with them."""

import base64
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEME = "WECHATPAY2-SHA256-RSA2048"
FRESH_SECONDS = 300

_PART = re.compile(r'(\w+)="([^"]*)"')


class NotSigned(Exception):
    """A request without a good signature of the merchant."""


@dataclass(frozen=True)
class Keys:
    """What the channel holds. It reads the merchant's private key only to know the public one."""

    merchant: str
    merchant_serial: str
    merchant_key: rsa.RSAPublicKey
    serial: str
    key: rsa.RSAPrivateKey
    apiv3: bytes

    @classmethod
    def of(cls, folder: Path, merchant: str) -> "Keys":
        """The keys in a folder; made where there are none. Raises ValueError for a folder of another merchant."""
        if not (folder / "serials.json").exists():
            _make(folder, merchant)
        serials = json.loads((folder / "serials.json").read_text())
        if serials["merchant"] != merchant:
            raise ValueError("the folder belongs to another merchant")
        return cls(
            merchant,
            serials["merchant_serial"],
            _private(folder / "merchant_key.pem").public_key(),
            next(iter(serials["channel"])),
            _private(folder / "channel_key.pem"),
            (folder / "apiv3.key").read_bytes(),
        )

    def headers(self, body: bytes, at: int, *, key: rsa.RSAPrivateKey | None = None) -> dict[str, str]:
        """The four headers over a body, as of a moment in seconds; with another key they are a forgery."""
        nonce = secrets.token_hex(16)
        message = f"{at}\n{nonce}\n".encode() + body + b"\n"
        signature = (key or self.key).sign(message, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Wechatpay-Timestamp": str(at),
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
        }

    def check(self, authorization: str, method: str, path: str, body: bytes, now: int) -> str:
        """The nonce of a request that the merchant signed. Raises NotSigned."""
        scheme, _, rest = authorization.partition(" ")
        parts = dict(_PART.findall(rest))
        try:
            named = (scheme, parts["mchid"], parts["serial_no"])
            if (
                named != (SCHEME, self.merchant, self.merchant_serial)
                or abs(now - int(parts["timestamp"])) > FRESH_SECONDS
            ):
                raise NotSigned
            message = f"{method}\n{path}\n{parts['timestamp']}\n{parts['nonce_str']}\n".encode() + body + b"\n"
            signature = base64.b64decode(parts["signature"], validate=True)
            self.merchant_key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        except (KeyError, ValueError, InvalidSignature):
            raise NotSigned from None
        return str(parts["nonce_str"])

    def seal(self, plain: bytes, about: str) -> dict[str, str]:
        """A callback's `resource`."""
        nonce = secrets.token_hex(6)
        sealed = AESGCM(self.apiv3).encrypt(nonce.encode(), plain, about.encode())
        return {
            "original_type": about,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": about,
            "nonce": nonce,
        }


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _private(path: Path) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path.name} is no RSA key")
    return key


def _make(folder: Path, merchant: str) -> None:
    """`serials.json` comes last: with it the keys are whole."""
    channel, own = new_key(), new_key()
    _write(folder / "channel_key.pem", _pem(channel))
    _write(folder / "merchant_key.pem", _pem(own))
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _write(folder / "channel_pub.pem", channel.public_key().public_bytes(*form))
    _write(folder / "apiv3.key", secrets.token_hex(16).encode())
    serials = {
        "merchant": merchant,
        "merchant_serial": secrets.token_hex(20).upper(),
        "channel": {secrets.token_hex(20).upper(): "channel_pub.pem"},
    }
    _write(folder / "serials.json", json.dumps(serials, indent=2).encode())


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and for the owner's eyes."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(data)
    draft.replace(path)
