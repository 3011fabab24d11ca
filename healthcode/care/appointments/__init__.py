"""Appointments: clinics and their slots, and who has which place.

Owns `schedules`, `slots`, `appointments`, `appointment_changes`, `returned_places` and `queue_days`. A slot counts its places
itself: one statement takes a place, or finds none; whatever else is asked of a resident is asked while that resident's rows are
held. A place given back goes to whoever waits, or comes back at a random minute: never to whoever knows of it. Announces
`appointment.held`, `.booked`, `.moved`, `.cancelled`, `.offered`, `.arrived`, `.fulfilled`, `.missed`. Hears `resident.died`.
Never calls anybody, never takes money, and never tells one resident about another's place.
"""
