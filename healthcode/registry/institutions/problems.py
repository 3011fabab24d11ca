"""What can go wrong around institutions and posts."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class PostAlreadyHeld(Problem):
    """This person has this role here already. End the post first if its end is to be another one."""

    status = 409
    title = Words(zh="此人已担任该岗位", en="They hold this post already")


class NotForYourself(Problem):
    """Nobody gives a post to themselves; another administrator does."""

    status = 409
    title = Words(zh="不能为自己授予岗位", en="Nobody gives a post to themselves")


class StaffUnknown(Problem):
    """No member of staff has this username. An account comes before a post."""

    status = 404
    title = Words(zh="没有此工作人员账号", en="No member of staff has this username")
