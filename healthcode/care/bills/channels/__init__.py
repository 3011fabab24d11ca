"""How money comes and goes: one small interface, and the channels that stand behind it here.

A channel moves money and remembers nothing of ours: what a payment or a refund means is decided by the room. Whatever a
channel says is believed only with its signature, whether it answers or tells by itself. `ChannelAway` means that nobody
knows what was done, never that nothing was.
"""

from config import BadSettings, Settings
from healthcode.care.bills.channels.base import CallbackRefused as CallbackRefused
from healthcode.care.bills.channels.base import Channel as Channel
from healthcode.care.bills.channels.base import ChannelAway as ChannelAway
from healthcode.care.bills.channels.base import ChannelRefused as ChannelRefused
from healthcode.care.bills.channels.base import Created as Created
from healthcode.care.bills.channels.base import Found as Found
from healthcode.care.bills.channels.base import Order as Order
from healthcode.care.bills.channels.base import RefundFound as RefundFound
from healthcode.care.bills.channels.base import RefundOrder as RefundOrder
from healthcode.care.bills.channels.base import StatementLine as StatementLine
from healthcode.care.bills.channels.base import Told as Told
from healthcode.care.bills.channels.wechat_keys import WechatSettings
from healthcode.care.bills.channels.wechat_v3 import WechatV3
from healthcode.care.bills.channels.wechat_v3 import read_statement as read_statement


class NoSuchChannel(Exception):
    """No channel has this name."""


_channels: dict[str, Channel] = {}


def register(name: str, channel: Channel) -> None:
    """Let `name` mean this channel."""
    _channels[name] = channel


def make_ready(settings: Settings) -> None:
    """Open every channel that the settings name. The keys of each lie in a folder of its name. Raises BadSettings."""
    for name, base_url in settings.channel_addresses.items():
        try:
            register(name, WechatV3(WechatSettings.in_folder(base_url, settings.folder / "channels" / name)))
        except (OSError, KeyError, ValueError) as why:
            raise BadSettings([f"the keys of the payment channel {name} are not whole: {type(why).__name__}"]) from None


def names() -> list[str]:
    """The channels that are open."""
    return sorted(_channels)


def channel(name: str) -> Channel:
    """The channel of that name. Raises NoSuchChannel."""
    try:
        return _channels[name]
    except KeyError:
        raise NoSuchChannel(name) from None
