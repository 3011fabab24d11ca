"""What is done with codes, a verb a file."""

from healthcode.trust.codes.service.blocking import appeal_block, blocks_of, confirm_block, lift_block, propose_block
from healthcode.trust.codes.service.issuing import issue_card, issue_digits, issue_passes, issue_ticket
from healthcode.trust.codes.service.lists import key_set, revocation_list, time_statement
from healthcode.trust.codes.service.offline import take_batch
from healthcode.trust.codes.service.pictures import draw
from healthcode.trust.codes.service.revoking import codes_of, report_lost, revoke_code
from healthcode.trust.codes.service.verifying import (
    find_verification,
    is_spent,
    spend,
    verify,
    verify_document,
)

__all__ = [
    "appeal_block",
    "blocks_of",
    "codes_of",
    "confirm_block",
    "draw",
    "find_verification",
    "is_spent",
    "issue_card",
    "issue_digits",
    "issue_passes",
    "issue_ticket",
    "key_set",
    "lift_block",
    "propose_block",
    "report_lost",
    "revocation_list",
    "revoke_code",
    "spend",
    "take_batch",
    "time_statement",
    "verify",
    "verify_document",
]
