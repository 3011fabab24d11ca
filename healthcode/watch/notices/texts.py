"""What a notice says: pairs by kind and by who or what brought it about. `{when}` and the like are filled when read."""

from dataclasses import dataclass

from healthcode.core.words import Words

_WHAT = Words("{when}，{place}。", "{when}, {place}.")


@dataclass(frozen=True)
class Text:
    title: Words
    detail: Words = _WHAT


_LOST = Words("{when}，{place}。需要的话请重新预约。", "{when}, {place}. Book again if you still need it.")
_WAY = Words("从{origin}转往{target}。", "From {origin} to {target}.")  # never why: whoever may only book reads it too
# By the event's name, then by who did it: or by why, where it was the clock or a clinic's whole day.
KINDS: dict[str, dict[str, Text]] = {
    "appointment.booked": {
        "proxy": Text(Words("代办人为您预约了就诊", "Somebody acting for you booked an appointment")),
        "staff": Text(Words("服务台为您预约了就诊", "A desk booked an appointment for you")),
    },
    "appointment.moved": {
        "proxy": Text(
            Words("代办人改了您的预约时间", "Somebody acting for you moved your appointment"),
            Words("改到{when}，{place}。", "It is now {when}, {place}."),
        ),
        "staff": Text(
            Words("服务台改了您的预约时间", "A desk moved your appointment"),
            Words("改到{when}，{place}。", "It is now {when}, {place}."),
        ),
    },
    "appointment.cancelled": {
        "proxy": Text(Words("代办人取消了您的预约", "Somebody acting for you cancelled your appointment")),
        "staff": Text(Words("服务台取消了您的预约", "A desk cancelled your appointment")),
        "day-off": Text(
            Words("门诊停诊，您的预约已取消", "The clinic does not take place; your appointment is cancelled")
        ),
        "hold-ended": Text(
            Words("没有确认，为您留的号已放开", "The place kept for you was not confirmed in time"), _LOST
        ),
        "offer-ended": Text(
            Words("没有确认，为您留的号已给下一位", "The place offered to you went to the next person"), _LOST
        ),
    },
    "appointment.offered": {
        "system": Text(
            Words("有号了，已为您留着", "There is a place, and it is kept for you"),
            Words("{when}，{place}。请在{until}前确认。", "{when}, {place}. Please confirm it before {until}."),
        ),
    },
    "appointment.missed": {
        "staff": Text(
            Words("记录为没有来就诊", "Recorded as missed"),
            Words(
                "{when}，{place}。如果记错了，请告诉服务台。", "{when}, {place}. If this is wrong, please tell a desk."
            ),
        ),
    },
}
KINDS |= {
    "ticket.called": {
        "staff": Text(
            Words("叫到您了", "It is your turn"),
            Words("请到{queue}，{number} 号。", "Please go to {queue}, number {number}."),
        ),
    },
    "referral.requested": {"staff": Text(Words("已为您开出转诊", "You were referred"), _WAY)},
    "referral.accepted": {
        "staff": Text(Words("转诊已被接收", "Your referral was accepted"), _WAY),
        "system": Text(Words("转诊需要另约时间", "Your referral needs another appointment"), _WAY),
    },
    "referral.booked": {"staff": Text(Words("转诊已约好就诊", "An appointment was booked for your referral"), _WAY)},
    "referral.rejected": {"staff": Text(Words("转诊没有被接收", "Your referral was not accepted"), _WAY)},
    "referral.cancelled": {
        "proxy": Text(Words("代办人取消了您的转诊", "Somebody acting for you cancelled your referral"), _WAY),
        "staff": Text(Words("您的转诊已取消", "Your referral was cancelled"), _WAY),
    },
    "referral.completed": {
        "staff": Text(Words("转诊已完成", "Your referral is completed"), _WAY),
        "system": Text(Words("转诊已完成", "Your referral is completed"), _WAY),
    },
    "referral.unattended": {
        "system": Text(
            Words("转诊还没有人处理，仍在名单上", "Nobody has dealt with your referral yet; it stays on the list"), _WAY
        ),
    },
}
KINDS["appointment.missed"]["system"] = KINDS["appointment.missed"]["staff"]


def text_for(kind: str, how: str) -> Text | None:
    """The words for what happened; None if it is nothing to tell."""
    return KINDS[kind].get(how)
