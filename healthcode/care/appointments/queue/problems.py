"""What can go wrong in a queue, as a person meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class NobodyWaits(Problem):
    """Nobody waits in this queue. Those who were called and not there come back only when somebody queues them again."""

    status = 409
    title = Words(zh="现在没有人候诊", en="Nobody is waiting here")
