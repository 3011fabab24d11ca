"""What can go wrong around referrals, as a person meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class NotInOneAlliance(Problem):
    """A referral goes to an institution of an alliance that both belong to, or to one above or below one's own. Others are
    reached by an ordinary appointment."""

    status = 409
    title = Words(zh="两机构不在同一医联体，也无隶属关系", en="The two institutions belong to no common alliance")


class AlreadyReferred(Problem):
    """This resident has an open referral to that institution and department already. It is decided or cancelled first."""

    status = 409
    title = Words(zh="已有未完成的转诊", en="There is an open referral to that institution already")
