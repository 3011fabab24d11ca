"""The keys towards WeChat Pay's API v3: what we sign, what must be signed, and what is sealed for us."""

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from healthcode.core import clock

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SEAL = "AEAD_AES_256_GCM"
FRESH_SECONDS = 300

_TIMESTAMP = re.compile(r"[1-9][0-9]{9}")
_NONCE = re.compile(r"[!-~]{1,64}")
_MIN_KEY_BITS = 2048


class NotGenuine(Exception):
    """Not signed or sealed by the channel, or not now. The text is one of a few fixed words."""


@dataclass(frozen=True)
class WechatSettings:
    """What a merchant has from the channel. `channel_keys` are the PEM files of its public keys by serial."""

    base_url: str
    merchant: str
    merchant_serial: str
    merchant_key: Path  # PEM, PKCS 8
    channel_keys: Mapping[str, Path]
    apiv3_key: bytes = field(repr=False)  # 32 bytes
    app: str = ""  # the appid that orders are made under

    @classmethod
    def in_folder(cls, base_url: str, folder: Path) -> "WechatSettings":
        """From `serials.json` and the keys beside it. Raises OSError, KeyError or ValueError for a folder that is not whole."""
        serials = json.loads((folder / "serials.json").read_text())
        return cls(
            base_url,
            serials["merchant"],
            serials["merchant_serial"],
            folder / "merchant_key.pem",
            {serial: folder / name for serial, name in serials["channel"].items()},
            (folder / "apiv3.key").read_bytes(),
            serials.get("app", ""),
        )


class WechatKeys:
    """The keys, read once. Raises ValueError or OSError for settings that cannot work."""

    def __init__(self, settings: WechatSettings) -> None:
        own = serialization.load_pem_private_key(settings.merchant_key.read_bytes(), None)
        if not isinstance(own, rsa.RSAPrivateKey) or own.key_size < _MIN_KEY_BITS:
            raise ValueError("the merchant's key must be RSA of 2048 bits or more")
        if len(settings.apiv3_key) != 32:
            raise ValueError("the API v3 key must be 32 bytes")
        self._own, self._settings = own, settings
        self._channel = {serial: _public(path) for serial, path in settings.channel_keys.items()}
        self._seal = AESGCM(settings.apiv3_key)

    def authorization(self, method: str, path: str, body: bytes) -> str:
        """The header that signs a request; `path` with its query, as it is sent."""
        at, nonce = clock.epoch(), secrets.token_hex(16)
        message = f"{method}\n{path}\n{at}\n{nonce}\n".encode() + body + b"\n"
        signature = base64.b64encode(self._own.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
        return (
            f'{SCHEME} mchid="{self._settings.merchant}",nonce_str="{nonce}",timestamp="{at}",'
            f'serial_no="{self._settings.merchant_serial}",signature="{signature}"'
        )

    def check(self, headers: Mapping[str, str], body: Iterable[bytes]) -> None:
        """Whether the channel signed this body, now. Names of headers in small letters. Raises NotGenuine."""
        at, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
        key = self._channel.get(headers.get("wechatpay-serial", ""))
        if key is None:
            raise NotGenuine("unknown serial")
        if not _TIMESTAMP.fullmatch(at) or abs(clock.epoch() - int(at)) > FRESH_SECONDS:
            raise NotGenuine("not of now")
        if not _NONCE.fullmatch(nonce):
            raise NotGenuine("wrong signature")
        digest = hashlib.sha256(f"{at}\n{nonce}\n".encode())
        for piece in body:
            digest.update(piece)
        digest.update(b"\n")
        try:
            signature = from_base64(headers.get("wechatpay-signature", ""))
            key.verify(signature, digest.digest(), padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        except (ValueError, InvalidSignature):
            raise NotGenuine("wrong signature") from None

    def open(self, ciphertext: str, nonce: str, about: str) -> bytes:
        """What a callback's resource holds. Raises NotGenuine."""
        try:
            return self._seal.decrypt(nonce.encode(), from_base64(ciphertext), about.encode())
        except (ValueError, InvalidTag):
            raise NotGenuine("sealed wrongly") from None


def from_base64(text: str) -> bytes:
    """Strictly: one text for one value, so that a changed text is never the same signature. Raises ValueError."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if base64.b64encode(data).decode() != text:
        raise ValueError("not base64 as it is written")
    return data


def _public(path: Path) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _MIN_KEY_BITS:
        raise ValueError("the channel's keys must be RSA of 2048 bits or more")
    return key
