"""A payment channel that runs, and who hears what it tells."""

import pytest

from healthcode.care.bills.channels.wechat_v3 import WechatV3
from tests.support.channels import Receiver, Sandbox, sandbox


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
