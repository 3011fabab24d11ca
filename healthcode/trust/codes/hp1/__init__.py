"""HP1: the text inside the one code, and nothing around it.

Owns the bytes: what a pass, a ticket, a card, a station's request and the twenty typed digits look like, how they
are signed, and in which order a stranger's text is checked. Announces and hears nothing, keeps nothing, asks no clock
and no database: the moment and the keys are arguments. Whoever calls `verify` still owes the two checks that need
memory: revocation (`Verified.revocation_prefixes`) and replay (`Verified.replay_key`).

    cbor      strict deterministic CBOR, or Unreadable
    armour    text <-> bytes (prefix, base45, length)
    cose      COSE_Sign1 with ES256 and nothing else
    forms     pass, certificate, ticket, card, station request: write them, read them
    windows   every length of time in the format
    verify    the whole order of checks
    digits    the twenty digits for a broken camera
    refusals  the one family of errors

The format is described for other implementers in docs/one-code.md, with vectors in docs/vectors/.
"""
