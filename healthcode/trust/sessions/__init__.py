"""Sessions: signing in and out, and who is asking.

Owns `sessions`, `refresh_tokens`, `one_time_passwords`, `sign_in_failures`, `used_assertions` and `message_days`.
A resident proves a phone by a one-time password, a member of staff knows a password and holds a TOTP secret, a machine
signs an assertion with its enrolled key. What they get is a name for a row that is looked up at every request: no right
is written into a token, so ending the row, the post or the device ends everything at once.

Whatever opens something is kept as a digest. Digits wait sealed until the listener has sent them. Nothing answers
whether a phone or a username is known.

A *known device* is one that kept the `device_secret` of an earlier sign-in to the same account. Its codes, tries and
waits are its own, so that a stranger who guesses cannot lock out the owner; an unknown device sees no report for a
day unless another device of the resident confirms it.

Announces `one-time-password.requested`, `session.opened`, `session.confirmed` and `session.ended`. Hears
`one-time-password.requested` (and sends it). Never decides who may open a door (the gate does), never registers
anybody, never writes any other message.
"""
