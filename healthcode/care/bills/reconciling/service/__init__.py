"""The use cases of reconciliation."""

from healthcode.care.bills.reconciling.service.reading import (
    differences_of,
    differences_of_bill,
    of_day,
    reconciliations,
)
from healthcode.care.bills.reconciling.service.running import (
    Statement,
    TooManyDifferences,
    in_the_morning,
    reconcile,
    run_due,
)
from healthcode.care.bills.reconciling.service.settling import settle, ways

__all__ = [
    "Statement",
    "TooManyDifferences",
    "differences_of",
    "differences_of_bill",
    "in_the_morning",
    "of_day",
    "reconcile",
    "reconciliations",
    "run_due",
    "settle",
    "ways",
]
