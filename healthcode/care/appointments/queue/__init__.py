"""The queue of the day: who waits at a place, who is called, and what hangs on the wall.

Owns `queues`, `tickets` and `ticket_changes`. A part of appointments: a ticket is made when an appointment's resident is
here, and ends with the visit. A queue counts its numbers itself, and whoever is first is taken by one statement, so two
doctors never call the same person. Announces `ticket.called`, `.skipped`, `.returned`. Never shows more of anybody than a
masked name, and never promises a time: what it expects comes of the day's own pace, and is nothing when nothing moves.
"""
