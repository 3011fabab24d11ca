"""WeChat Pay's API v3, native orders: the payer scans a picture.

The day's statement is read as one signed CSV in fen. The real channel answers with the address of a file in yuan instead;
a city that is connected to it needs that step here.
"""

import csv
import io
import re
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import IO, Any, TypeVar

from healthcode.care.bills.channels.asking import Limits, Site
from healthcode.care.bills.channels.base import (
    CallbackRefused,
    ChannelAway,
    ChannelRefused,
    Created,
    Found,
    Order,
    OrderState,
    RefundFound,
    RefundOrder,
    RefundState,
    StatementLine,
    Told,
    check_number,
)
from healthcode.care.bills.channels.reading import Fields, Malformed, as_moment, as_word
from healthcode.care.bills.channels.wechat_keys import SEAL, NotGenuine, WechatKeys, WechatSettings
from healthcode.core import clock
from healthcode.core.wire import write_json

MAX_CALLBACK = 64 * 1024  # bytes
STATEMENT = Limits(seconds=60, size=256 * 1024 * 1024)  # of a day; it waits on the disk, not in memory

T = TypeVar("T")

_PIECE = 64 * 1024
_IN_MEMORY = 1024 * 1024
_UNKNOWN = ("ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS")
_STATES: dict[str, OrderState] = {
    "NOTPAY": "waiting", "USERPAYING": "waiting", "ACCEPT": "waiting", "SUCCESS": "paid", "REFUND": "refunded",
    "CLOSED": "closed", "REVOKED": "closed", "PAYERROR": "failed",
}  # fmt: skip
_REFUND_STATES: dict[str, RefundState] = {
    "PROCESSING": "processing", "SUCCESS": "succeeded", "CLOSED": "failed", "ABNORMAL": "failed",
}  # fmt: skip
_FEN = re.compile(r"[1-9][0-9]{0,11}")
_COLUMNS = ["kind", "number", "provider_id", "amount_fen", "at"]


class WechatV3:
    """The channel of one merchant. Raises ValueError or OSError for settings that cannot work."""

    name = "wechat"

    def __init__(self, settings: WechatSettings) -> None:
        self._settings = settings
        self._keys = WechatKeys(settings)
        self._site = Site(settings.base_url)

    def create(self, order: Order) -> Created:
        asked = {
            "mchid": self._settings.merchant,
            "description": order.about,
            "out_trade_no": order.number,
            "time_expire": clock.local(order.expires_at).isoformat(timespec="seconds"),
            "notify_url": order.notify_url,
            "amount": {"total": order.amount_fen, "currency": "CNY"},
        } | ({"appid": self._settings.app} if self._settings.app else {})
        said = self._ask("POST", "/v3/pay/transactions/native", asked)
        return Created(_believed(lambda: said.text("code_url")))

    def query(self, number: str) -> Found | None:
        check_number(number)
        path = (
            f"/v3/pay/transactions/out-trade-no/{number}?mchid={urllib.parse.quote(self._settings.merchant, safe='')}"
        )
        said = self._ask_for("GET", path)
        return None if said is None else _believed(lambda: self._found(said, number))

    def close(self, number: str) -> None:
        check_number(number)
        self._ask("POST", f"/v3/pay/transactions/out-trade-no/{number}/close", {"mchid": self._settings.merchant})

    def refund(self, refund: RefundOrder) -> RefundFound:
        asked = {
            "out_trade_no": refund.order_number,
            "out_refund_no": refund.number,
            "reason": refund.reason,
            "amount": {"refund": refund.refund_fen, "total": refund.total_fen, "currency": "CNY"},
        }
        said = self._ask("POST", "/v3/refund/domestic/refunds", asked)
        return _believed(lambda: _refund_found(said, refund.number))

    def query_refund(self, number: str) -> RefundFound | None:
        check_number(number)
        said = self._ask_for("GET", f"/v3/refund/domestic/refunds/{number}")
        return None if said is None else _believed(lambda: _refund_found(said, number))

    def statement(self, day: date) -> Iterator[StatementLine]:
        kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # read_statement closes it
        try:
            self._exchange("GET", f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL", b"", kept, STATEMENT)
        except BaseException:
            kept.close()
            raise
        return read_statement(kept)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told:
        small = {name.lower(): value for name, value in headers.items()}
        if len(body) > MAX_CALLBACK or len(small) != len(headers):
            raise CallbackRefused("malformed")
        try:
            self._keys.check(small, [body])  # before anything of the body is read
            return self._told(Fields.of(body))
        except (NotGenuine, Malformed) as why:
            raise CallbackRefused(str(why)) from None

    def _told(self, said: Fields) -> Told:
        sealed = said.object("resource")
        if sealed.text("algorithm") != SEAL:
            raise Malformed()
        about = sealed.text("associated_data") if "associated_data" in sealed else ""
        plain = Fields.of(self._keys.open(sealed.text("ciphertext"), sealed.text("nonce"), about))
        if plain.text("mchid") != self._settings.merchant:
            raise NotGenuine("another merchant")
        match said.word("event_type").split("."):
            case ["TRANSACTION", "SUCCESS"]:
                return self._payment_told(said, plain)
            case ["REFUND", ("SUCCESS" | "ABNORMAL" | "CLOSED") as state]:
                return self._refund_told(said, plain, state)
        raise Malformed()

    def _payment_told(self, said: Fields, plain: Fields) -> Told:
        amount = plain.object("amount")
        if plain.text("trade_state") != "SUCCESS":
            raise Malformed()
        return Told(
            said.word("id"), "payment", plain.word("out_trade_no"), amount.fen("total"), _currency(amount),
            self._settings.merchant, plain.word("transaction_id"), "paid", plain.moment("success_time"),
        )  # fmt: skip

    def _refund_told(self, said: Fields, plain: Fields, state: str) -> Told:
        amount = plain.object("amount")
        if plain.text("refund_status") != state:
            raise Malformed()
        # refunds are told without a currency; where one is said it must be ours
        currency = _currency(amount) if "currency" in amount else "CNY"
        at = plain.moment("success_time") if state == "SUCCESS" else said.moment("create_time")
        return Told(
            said.word("id"), "refund", plain.word("out_refund_no"), amount.fen("refund"), currency,
            self._settings.merchant, plain.word("refund_id"), "succeeded" if state == "SUCCESS" else "failed", at,
        )  # fmt: skip

    def _found(self, said: Fields, number: str) -> Found:
        """The signature does not say what was asked, so an answer to another question is told apart here."""
        if said.text("out_trade_no") != number or said.text("mchid") != self._settings.merchant:
            raise Malformed()
        state = _STATES.get(said.text("trade_state"))
        if state is None:
            raise Malformed()
        if state not in ("paid", "refunded"):
            return Found(number, state, None, None, None)
        amount = said.object("amount")
        _currency(amount)
        return Found(number, state, amount.fen("total"), said.word("transaction_id"), said.moment("success_time"))

    def _ask_for(self, method: str, path: str) -> Fields | None:
        """None where the channel says that there is no such thing."""
        try:
            return self._ask(method, path)
        except ChannelRefused as no:
            if no.code in _UNKNOWN:
                return None
            raise

    def _ask(self, method: str, path: str, asked: Any = None) -> Fields:
        into = io.BytesIO()
        self._exchange(method, path, b"" if asked is None else write_json(asked), into, Limits())
        return _believed(lambda: Fields.of(into.getvalue() or b"{}"))

    def _exchange(self, method: str, path: str, body: bytes, into: IO[bytes], limits: Limits) -> None:
        """Ask, and believe the answer only with its signature. Raises ChannelAway and ChannelRefused."""
        path = self._site.prefix + path
        headers = {
            "Authorization": self._keys.authorization(method, path, body),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "healthcode",
            "Connection": "close",
        }
        heard = self._site.ask(method, path, headers, body, into, limits)
        if heard.status >= 500 or heard.status == 429 or 300 <= heard.status < 400:
            raise ChannelAway(f"status {heard.status}")
        into.seek(0)
        try:
            self._keys.check(heard.headers, iter(lambda: into.read(_PIECE), b""))
        except NotGenuine as why:
            raise ChannelAway(str(why)) from None
        into.seek(0)
        if heard.status >= 400:
            raise ChannelRefused(_believed(lambda: Fields.of(into.read(_PIECE)).word("code")))


def _believed(read: Callable[[], T]) -> T:
    """Genuine, and yet not as agreed: nobody knows what it means. Raises ChannelAway."""
    try:
        return read()
    except (Malformed, NotGenuine) as why:
        raise ChannelAway(str(why)) from None


def _currency(amount: Fields) -> str:
    if amount.text("currency") != "CNY":
        raise NotGenuine("another currency")
    return "CNY"


def _refund_found(said: Fields, number: str) -> RefundFound:
    state = _REFUND_STATES.get(said.text("status"))
    if said.text("out_refund_no") != number or state is None:
        raise Malformed()
    return RefundFound(number, state, said.object("amount").fen("refund"))


def read_statement(kept: IO[bytes]) -> Iterator[StatementLine]:
    """The lines of a statement in the channel's form; closes the file. Raises ChannelAway at a line that is none."""
    with kept, io.TextIOWrapper(kept, encoding="utf-8", newline="") as text:
        rows = csv.reader(text, strict=True)
        try:
            if next(rows, None) != _COLUMNS:
                raise Malformed()
            for row in rows:
                yield _line(row)
        except (Malformed, csv.Error, UnicodeDecodeError):
            raise ChannelAway("malformed") from None


def _line(row: list[str]) -> StatementLine:
    if len(row) != len(_COLUMNS) or not _FEN.fullmatch(row[3]):
        raise Malformed()
    match row[0]:
        case "payment" | "refund" as kind:
            return StatementLine(kind, as_word(row[1]), as_word(row[2]), int(row[3]), as_moment(row[4]))
    raise Malformed()
