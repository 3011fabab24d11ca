"""Bills, what the insurance takes, payments, and the ledger.

Owns: the catalogue of prices, the insurance's rules, bills with their lines, payments, refunds, and the ledger of every
fen that was owed, paid or given back. Money is whole fen throughout.

A bill's lines can be changed while it is a draft. Issuing freezes them, splits the sum between insurance and resident by
the rules in force on that day, and says why; after that money only moves by payments, refunds and cancellation, each with
its rows in the ledger. Whoever holds several rows takes them in one order: the person, the bill, the payment.

Announces: `bill.issued`, `bill.cancelled`, `payment.requested`, `payment.succeeded`, `payment.failed`,
`payment.cancelled`, `refund.requested`, `refund.succeeded`, `refund.failed`.
Hears: `appointment.arrived` (a draft is opened).
Never: changes a row of the ledger, believes a callback that it cannot prove, calls a channel while rows are held.
"""
