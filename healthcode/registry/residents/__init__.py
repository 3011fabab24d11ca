"""Residents: the people who hold a code, and the documents by which they are known.

Owns `residents`, `identity_documents`, `merges` and `resident_changes`. Personal fields are sealed under a key of the
person's own; a document is found by its whole number through a blind index, never by browsing.

    declared ──a document seen at a desk──► proved          temporary: carried in without a name, merged later

Who registers from a phone declares; declaring claims nothing, so nobody can take a number from its holder, and the
answer is the same whether or not the number is known here. Only a desk that held a globally unique document gives it
to one record alone. Two records that turn out to be one person are linked, not moved, and can be unlinked whole; names
and birth dates never make that link. Erasing is destroying the person's key.

Announces `resident.registered`, `resident.proved`, `resident.corrected`, `resident.phone-changed`,
`resident.document-added`, `resident.document-ended`, `resident.duplicate-found`, `resident.merged`,
`resident.merge-reversed`, `resident.died`, `resident.death-corrected`, `resident.erased`. Hears its own registrations
and documents, to look for duplicates where nobody waits for the answer. Never signs anybody in, never decides who may
open a door.
"""
