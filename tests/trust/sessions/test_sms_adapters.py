"""A city's own provider of text messages: an installed package, named in the settings."""

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from config import BadSettings
from healthcode import create_app
from healthcode.core import outbox
from healthcode.core.db import db
from healthcode.trust.sessions import sms
from tests.support.sign_in import Visitor

ADAPTER = '''
"""What a city's package holds."""
sent = []


class CityMessages:
    def send(self, phone, words, *, key):
        sent.append((phone, words.zh))
        return True
'''


@pytest.fixture
def install(tmp_path, monkeypatch) -> Iterator[None]:
    """Put a package on the path as an installer would, with an entry point for each name."""

    def put(source: str, **points: str) -> None:
        (tmp_path / "city_messages.py").write_text(source)
        about = tmp_path / "city_messages-1.0.dist-info"
        about.mkdir(exist_ok=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: city-messages\nVersion: 1.0\n")
        lines = [f"{name.replace('_', '-')} = {target}" for name, target in points.items()]
        (about / "entry_points.txt").write_text("\n".join(["[healthcode.sms]", *lines]))
        monkeypatch.syspath_prepend(tmp_path)

    before = dict(sms._adapters)
    yield put
    sys.modules.pop("city_messages", None)
    sms._adapters.clear()
    sms._adapters.update(before)


def test_an_installed_adapter_sends_the_messages(app, settings, install, clock):
    install(ADAPTER, city_messages="city_messages:CityMessages")
    served = create_app(replace(settings, sms="city-messages"))
    with served.app_context():
        visitor = Visitor(served.test_client(use_cookies=False), "13900000001")
        assert visitor.ask().status_code == 202
        outbox.deliver()
        ((phone, words),) = sys.modules["city_messages"].sent
        assert phone == "+8613900000001"
        assert visitor.try_with(words.split("验证码 ")[1][:6]).status_code == 201
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("source", "points", "complaint"),
    [
        (ADAPTER, {}, "no installed package has a provider of this name; there are: development, none"),
        (ADAPTER, {"other": "city_messages:CityMessages"}, "there are: development, none, other"),
        (ADAPTER, {"city": "city_messages:Missing"}, "city_messages:Missing cannot be loaded: AttributeError"),
        ("import nothing_like_this", {"city": "city_messages:X"}, "cannot be loaded: ModuleNotFoundError"),
        ("class X: pass", {"city": "city_messages:X"}, "city_messages:X has no send()"),
    ],
)
def test_a_name_without_a_provider_stops_the_start(settings, install, source, points, complaint):
    """Rather than a city that finds out at the first sign-in."""
    install(source, **points)
    with pytest.raises(BadSettings) as refused:
        create_app(replace(settings, sms="city"))
    (told,) = refused.value.complaints
    assert told.startswith("HEALTHCODE_SMS=city: ")
    assert complaint in told
