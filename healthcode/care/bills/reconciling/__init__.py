"""Reconciliation: what a channel's statement of a day says, beside what our books say.

Owns `reconciliations` and `differences`. The worker compares every channel's day in the next morning, a command at any time,
from the channel or from a file; a second run of a day finds what the first one found. What only one side knows, and what is
another amount there, waits as a difference until somebody settles it with a reason, or until a later statement explains it.
Settling posts to the ledger, so that the channel's account is what the statement says; what nobody can place is `suspense`.
Announces `difference.found`, `difference.settled`. Hears nothing. Never changes what was counted.
"""
