"""When the channel is slow, unwell, not there or somebody else."""

import contextlib
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from healthcode.care.bills.channels import (
    ChannelAway,
)
from healthcode.care.bills.channels.asking import Limits, Site
from healthcode.care.bills.channels.wechat_keys import WechatSettings
from healthcode.care.bills.channels.wechat_v3 import WechatV3
from healthcode.core import clock as core_clock
from sandbox.channel.keys import new_key
from tests.support.channels import MERCHANT, Sandbox, an_order, sandbox
from tests.support.servers import free_port
from tests.support.wires import wire_to_port


@pytest.mark.case("F17")
@pytest.mark.parametrize("fault", ["slow", "500", "half", "garbage"])
def test_a_channel_that_is_unwell_is_away_in_bounded_time(there: Sandbox, wechat: WechatV3, fault: str):
    order = an_order()
    there.faults(answers=fault)
    before = time.monotonic()
    with pytest.raises(ChannelAway):
        wechat.create(order)
    assert time.monotonic() - before < 6.5
    if fault != "slow":
        for deed in (
            lambda: wechat.query(order.number),
            lambda: wechat.close(order.number),
            lambda: wechat.query_refund("nobody-made-this"),
            lambda: wechat.statement(core_clock.today()),
        ):
            with pytest.raises(ChannelAway):
                deed()
    there.faults()
    assert wechat.query(order.number) is not None  # what was asked was done, though nobody heard


@pytest.mark.case("F17")
@pytest.mark.parametrize("how", ["deaf", "cut", "loses replies"])
def test_a_line_that_is_hurt_is_away(there: Sandbox, how):
    order = an_order()
    with wire_to_port(there.port, how) as wire:
        far = WechatV3(WechatSettings.in_folder(f"http://127.0.0.1:{wire.port}", there.folder))
        before = time.monotonic()
        with pytest.raises(ChannelAway):
            far.create(order)
        assert time.monotonic() - before < 6.5
        wire.become("whole")
        assert far.create(order).code_url


@pytest.mark.case("F17")
def test_nobody_there_is_away(there: Sandbox):
    far = WechatV3(WechatSettings.in_folder(f"http://127.0.0.1:{free_port()}", there.folder))
    with pytest.raises(ChannelAway):
        far.query("a")


def test_an_answer_of_somebody_else_is_not_believed(there: Sandbox, tmp_path):
    """Another channel with keys of its own under our serial: its “I do not know it” counts as little as its yes."""
    with sandbox(tmp_path / "other") as other:
        for name in ("merchant_key.pem", "apiv3.key"):
            (tmp_path / "other" / name).write_bytes((there.folder / name).read_bytes())
        own, theirs = (
            WechatSettings.in_folder(other.address, there.folder),
            WechatSettings.in_folder("http://x", other.folder),
        )
        serial = next(iter(theirs.channel_keys))
        mixed = WechatSettings(
            own.base_url, MERCHANT, own.merchant_serial, own.merchant_key,
            {serial: next(iter(own.channel_keys.values()))}, own.apiv3_key,
        )  # fmt: skip
        for settings in (own, mixed):
            with pytest.raises(ChannelAway, match=r"unknown serial|wrong signature"):
                WechatV3(settings).query("a")


@contextlib.contextmanager
def answering(serve: Callable[[socket.socket], None]):
    """A server that hears one question and answers it in its own way; it ends with the connection. Gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.case("F17")
def test_an_answer_without_end_is_cut_off():
    def pour(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    into = io.BytesIO()
    with answering(pour) as port, pytest.raises(ChannelAway):
        Site(f"http://127.0.0.1:{port}").ask("GET", "/", {}, b"", into, Limits(size=200_000))
    assert len(into.getvalue()) <= 200_000


@pytest.mark.case("F17")
def test_a_head_that_drips_ends_at_the_same_moment():
    def drip(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\nX: ")
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    before = time.monotonic()
    with answering(drip) as port, pytest.raises(ChannelAway):
        Site(f"http://127.0.0.1:{port}").ask("GET", "/", {}, b"", io.BytesIO(), Limits(seconds=0.5))
    assert time.monotonic() - before < 2


def test_a_redirect_is_not_followed(there: Sandbox):
    def elsewhere(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(f"HTTP/1.0 302 Found\r\nLocation: {there.address}/\r\nContent-Length: 0\r\n\r\n".encode())

    with answering(elsewhere) as port, pytest.raises(ChannelAway, match="302"):
        WechatV3(WechatSettings.in_folder(f"http://127.0.0.1:{port}", there.folder)).query("a")


def test_https_is_spoken_with_whom_the_machine_trusts(tmp_path, monkeypatch):
    certificate = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def greet(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    with answering(greet) as port, pytest.raises(ChannelAway, match="CertVerification"):
        Site(f"https://127.0.0.1:{port}").ask("GET", "/", {}, b"", io.BytesIO(), Limits())
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    into = io.BytesIO()
    with answering(greet) as port:
        assert Site(f"https://127.0.0.1:{port}").ask("GET", "/", {}, b"", into, Limits()).status == 200
    assert into.getvalue() == b"hi"


def certified(folder: Path) -> Path:
    """A key and its certificate for 127.0.0.1, in one file."""
    key, name, now = new_key(), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "channel")]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize("address", ["ftp://a", "file:///etc", "a.example", "http://", "http://a?b"])
def test_only_http_is_spoken(address: str):
    with pytest.raises(ValueError):
        Site(address)
