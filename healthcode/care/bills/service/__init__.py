"""The use cases of bills, by what they do."""

from healthcode.care.bills.service.crediting import REASONS, Returned, cancel, credit
from healthcode.care.bills.service.drafting import Item, add_items, configure, open_bill, open_for_visit, take_off
from healthcode.care.bills.service.issuing import issue, preview
from healthcode.care.bills.service.prices import find_items, load_items, load_rules
from healthcode.care.bills.service.reading import Whole, balances, bills_at, bills_of, changes, show, sums_of, whole

__all__ = [
    "REASONS",
    "Item",
    "Returned",
    "Whole",
    "add_items",
    "balances",
    "bills_at",
    "bills_of",
    "cancel",
    "changes",
    "configure",
    "credit",
    "find_items",
    "issue",
    "load_items",
    "load_rules",
    "open_bill",
    "open_for_visit",
    "preview",
    "show",
    "sums_of",
    "take_off",
    "whole",
]
