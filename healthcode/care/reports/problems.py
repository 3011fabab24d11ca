"""What can go wrong with a report, as a person or a system meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class NeverHere(Problem):
    """Nobody with this number was recognised at the institution in the last 92 days. Recognise them first, then report."""

    status = 409
    title = Words(zh="此人近期未在本机构核验过身份", en="This person has not been recognised here lately")


class ReportThere(Problem):
    """The institution has a report of this number. `report_id` names it; send a new version of that."""

    status = 409
    title = Words(zh="此报告编号已存在，请提交新版本", en="There is a report of this number; send a new version")


class WrongStep(Problem):
    """A report in the present `state` cannot become that: what was final is only amended, corrected, appended or withdrawn."""

    status = 409
    title = Words(zh="报告当前状态不允许这样变更", en="A report in this state cannot become that")
