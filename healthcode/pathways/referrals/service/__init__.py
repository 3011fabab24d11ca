"""The use cases of referrals, by what they do."""

from healthcode.pathways.referrals.service.deciding import accept, book, cancel, complete, reject
from healthcode.pathways.referrals.service.following import (
    complete_with,
    end_all_of,
    leave_undecided,
    miss,
    reopen,
    reopen_if_elsewhere,
)
from healthcode.pathways.referrals.service.reading import Shown, changes, figures, referral, referrals_of, work_list
from healthcode.pathways.referrals.service.requesting import Wish, refer
from healthcode.pathways.referrals.service.telling import change_behind

__all__ = [
    "Shown",
    "Wish",
    "accept",
    "book",
    "cancel",
    "change_behind",
    "changes",
    "complete",
    "complete_with",
    "end_all_of",
    "figures",
    "leave_undecided",
    "miss",
    "refer",
    "referral",
    "referrals_of",
    "reject",
    "reopen",
    "reopen_if_elsewhere",
    "work_list",
]
