"""Appointments in people's own calendars: one as a file, or all of them behind a link that a calendar asks again and again.

Owns `calendar_feeds`. A link is a secret: shown once, kept as a digest, ended at once by whoever may book for the resident; one that
a proxy made holds as long as the proxy may. Announces nothing. Hears `resident.died`, `resident.erased`, `phone.lost` and
`code.blocked`: links end with the person, and those that a lost phone may hold end with it. Never says why somebody goes to a clinic.
"""
