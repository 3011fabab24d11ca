"""The one code: issued, shown, verified.

Owns what is issued (passes' certificates, tickets, twenty digits, cards), the showings that were accepted, the
verifications they became, the revocation list, and blocks on lost or stolen codes. Announces `code.issued`,
`code.revoked`, `code.verified`, `code.refused`, `code.blocked`, `code.unblocked`, `conflict.found`. Hears when a
session or a grant ends, a device is revoked, a resident dies. Never says anything about a person's health or
standing: a code carries no verdict.

`hp1` is the format by itself; `service` is what is done with it.
"""
