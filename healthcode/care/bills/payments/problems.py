"""What can go wrong around payments, as a person meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class PaymentUnderWay(Problem):
    """This bill is being paid already: `payment_id` says by which payment. Go on with that one, or cancel it first."""

    status = 409
    title = Words(zh="该账单正在支付中", en="This bill is being paid already")


class CallbackNotProved(Problem):
    """This message is not from the payment channel, or not for us. Nothing was done, and those who watch were told."""

    status = 401
    title = Words(zh="无法确认消息来自支付渠道", en="The message could not be proved to be the channel's")
