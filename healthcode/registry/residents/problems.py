"""What can go wrong around residents, as a clerk or a resident meets it."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class AlreadyRegistered(Problem):
    """This phone belongs to a registered resident already. Sign in again to see the record."""

    status = 409
    title = Words(zh="此手机号已登记", en="This phone is registered already")


class DocumentTaken(Problem):
    """Another record holds this document, seen at a desk. `card` shows that record masked: verify the person there, or
    merge the two records if they are one person."""

    status = 409
    title = Words(zh="此证件已登记在另一份档案", en="Another record holds this document")


class PhoneInUse(Problem):
    """Another record signs in with this phone. Two people cannot share one."""

    status = 409
    title = Words(zh="此手机号已用于另一份档案", en="Another record uses this phone")


class EvidenceTooWeak(Problem):
    """Two records are merged only on proof for each: for the one that stays, a globally unique document in hand that it
    holds; for the other, a code or document shown here today, another such document, or that it is temporary. A name, a
    birth date or a mother's document prove nothing here."""

    status = 409
    title = Words(zh="合并依据不足，请核验证件", en="Not enough proof to merge these records")


class TooManyDocuments(Problem):
    """One record holds at most ten documents in force. End one that is no longer used."""

    status = 409
    title = Words(zh="证件数量已达上限", en="The record holds too many documents")
