"""Payment channels: one that runs, with who hears what it tells, and a double whose answers the story decides."""

import pytest

from healthcode.care.bills import channels
from healthcode.care.bills.channels.wechat_v3 import WechatV3
from healthcode.core.db import transaction
from tests.support.channels import Receiver, Sandbox, sandbox
from tests.support.double import NAME, DoubleChannel
from tests.support.money import check_money
from tests.support.tills import Till


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    with sandbox(tmp_path_factory.mktemp("channel")) as it:
        yield it


@pytest.fixture(scope="module")
def listening():
    it = Receiver()
    yield it
    it.stop()


@pytest.fixture
def there(running: Sandbox):
    running.faults()
    yield running
    running.faults()


@pytest.fixture
def receiver(listening: Receiver):
    listening.status = 204
    listening.forget()
    return listening


@pytest.fixture
def wechat(there: Sandbox) -> WechatV3:
    return there.client


@pytest.fixture
def channel():
    double = DoubleChannel()
    channels.register(NAME, double)
    return double


@pytest.fixture
def till(app, client, town, channel):
    """Whatever the story: in the end the money is right."""
    till = Till(app, client, town, channel)
    yield till
    with transaction("read") as current:
        check_money(current)
