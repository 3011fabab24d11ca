"""What can go wrong with a bill, as a person meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class NothingToBill(Problem):
    """The bill has no items yet. Add what was done, or cancel the draft."""

    status = 409
    title = Words(zh="账单上还没有项目", en="There is nothing on this bill yet")


class TooManyItems(Problem):
    """A bill holds at most 200 items. Issue this one and open another."""

    status = 409
    title = Words(zh="账单项目过多，请另开一张", en="Too many items on one bill; open another")


class BillTooLarge(Problem):
    """One bill comes to at most ten million yuan."""

    status = 409
    title = Words(zh="账单金额超出上限", en="The bill is above what one bill may come to")


class NotThatMany(Problem):
    """More is to come back than was billed and has not come back yet. `left` says how many there are."""

    status = 409
    title = Words(zh="退回数量超过可退数量", en="More than can come back")
