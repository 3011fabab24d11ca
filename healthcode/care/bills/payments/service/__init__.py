"""The use cases of payments and refunds."""

from healthcode.care.bills.payments.service.asking import ask, cancel, let_go, list_of_bill, show, take_cash
from healthcode.care.bills.payments.service.callbacks import hear, prove
from healthcode.care.bills.payments.service.late import count_late
from healthcode.care.bills.payments.service.looking import configure, look
from healthcode.care.bills.payments.service.receipts import receipts_of_bill
from healthcode.care.bills.payments.service.refunds import give_back, pay_out, retry
from healthcode.care.bills.payments.service.rows import hold_for

__all__ = [
    "ask",
    "cancel",
    "configure",
    "count_late",
    "give_back",
    "hear",
    "hold_for",
    "let_go",
    "list_of_bill",
    "look",
    "pay_out",
    "prove",
    "receipts_of_bill",
    "retry",
    "show",
    "take_cash",
]
