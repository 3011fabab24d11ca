"""What can go wrong with a reconciliation, as a person meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class NotThisWay(Problem):
    """This difference is not settled so. `ways` are those that fit it."""

    status = 409
    title = Words(zh="这笔差异不能这样处理", en="This difference is not settled that way")
