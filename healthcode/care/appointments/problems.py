"""What can go wrong around appointments, as a person meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class SlotTaken(Problem):
    """All places of this slot are gone. `free` names other slots of the same clinic that still have one; if there are
    none, wait for a place: whoever waits longest is offered the next."""

    status = 409
    title = Words(zh="号源已满", en="No place is left here")


class SlotNotOpen(Problem):
    """This slot cannot be booked: it is released at `opens_at`, or its clinic has begun or does not take place."""

    status = 409
    title = Words(zh="该时段不可预约", en="This slot cannot be booked")


class DrawAhead(Problem):
    """The places of this clinic are drawn by lot, so that the quickest machine does not win: put yourself on the list
    before `draws_at`; whoever is drawn is offered a place."""

    status = 409
    title = Words(zh="本门诊摇号放号，请先登记", en="Places of this clinic are drawn by lot; put yourself on the list")


class TooManyOnOneDevice(Problem):
    """So many different people have asked for places of expert clinics on this device today. A desk can still book."""

    status = 403
    title = Words(zh="本设备今天已为多人预约专家号", en="Too many people have asked for experts on this device today")


class GivenUpTooOften(Problem):
    """This resident has given up two places of this clinic on this day. Whoever takes places to let them go again keeps
    others from them; a desk can still book."""

    status = 409
    title = Words(zh="当天该门诊已两次退号", en="Two places of this clinic on that day were given up already")


class NotMissed(Problem):
    """Only an appointment that was missed can be excused, and each once: what was said first stands."""

    status = 409
    title = Words(zh="没有可申诉的爽约记录", en="There is no missed appointment to excuse")


class SlotsOverlap(Problem):
    """There is another appointment at that time; nobody can be in two places. Cancel or move it first."""

    status = 409
    title = Words(zh="与已有预约时间冲突", en="There is another appointment at that time")


class AlreadyBooked(Problem):
    """This resident has a place, or waits for one, in this clinic on this day already."""

    status = 409
    title = Words(zh="当天该门诊已有预约", en="There is an appointment in this clinic on that day already")


class TooManyAppointments(Problem):
    """This resident has as many open appointments as one may have. One that is over or cancelled makes room."""

    status = 409
    title = Words(zh="未完成的预约已达上限", en="There are too many open appointments")


class BookingClosed(Problem):
    """Three appointments within ninety days were missed without a word; until `until` a desk or the clinic itself books."""

    status = 403
    title = Words(zh="多次爽约，线上预约暂停", en="Online booking is closed for a while after missed appointments")


class IdentityNotProved(Problem):
    """Places of expert clinics are kept for people whom a desk has seen with a document, so that nobody deals in them."""

    status = 403
    title = Words(zh="专家号须先到服务台核验证件", en="A desk must see your document before you book this clinic")


class HoldEnded(Problem):
    """The place was kept for some minutes, and they are over. Look for a free slot again."""

    status = 409
    title = Words(zh="保留时间已过", en="The place is no longer kept")


class TooLateToChange(Problem):
    """The clinic has begun; a desk can still help."""

    status = 409
    title = Words(zh="就诊时间已到，不能更改", en="The clinic has begun; it can no longer be changed")


class PlacesAreFree(Problem):
    """There are free places in this clinic on this day: book one instead of waiting. `free` names some."""

    status = 409
    title = Words(zh="仍有余号，可直接预约", en="There are free places; book one")


class NothingBookedToday(Problem):
    """This resident has no appointment here today. The desk can book one, if a place is free."""

    status = 404
    title = Words(zh="今天在此没有预约", en="There is no appointment here today")


class AlreadyCheckedIn(Problem):
    """The resident is checked in already; `ticket` is the number that will be called."""

    status = 409
    title = Words(zh="已签到，请等候叫号", en="Already checked in; please wait to be called")


class OverbookingNeedsReason(Problem):
    """A place beyond the clinic's own is given by its own staff, with a reason."""

    status = 422
    title = Words(zh="加号须由本机构工作人员写明原因", en="Overbooking needs a reason, and staff of that institution")
