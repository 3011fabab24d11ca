"""What can go wrong around devices."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class EnrolmentCodeRefused(Problem):
    """The enrolment code is wrong, was used, or is older than a day; which of these is not told. Ask the administrator
    for a new one."""

    status = 403
    title = Words(zh="注册码无效，请向管理员索取新码", en="This enrolment code does not work; ask for a new one")
