"""What can go wrong between people who act for each other."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class TooManyGrants(Problem):
    """A resident may let at most eight people act for them. End one first."""

    status = 409
    title = Words(zh="最多可授权八人", en="At most eight people may act for one resident")


class NotYourself(Problem):
    """Nobody needs a grant to act for themselves."""

    status = 422
    title = Words(zh="无需授权给自己", en="You cannot grant this to yourself")


class NotAChild(Problem):
    """Guardianship is for children under eighteen whose date of birth is known. An adult gives a grant."""

    status = 409
    title = Words(zh="监护仅适用于未满十八周岁的人", en="Guardianship is for children under eighteen")


class UntilIsPast(Problem):
    """The grant would end before it begins, or later than ten years from now."""

    status = 422
    title = Words(zh="到期时间不对", en="The end of the grant is not possible")
