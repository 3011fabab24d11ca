"""Appointments: clinics and their slots, and who has which place.

Owns `schedules`, `slots`, `appointments`, `appointment_changes` and `returned_places`; who waits on the day is its part
`queue`, with tables and doors of its own. A slot counts its places itself: one statement takes a place, or finds none;
whatever else is asked of a resident is asked while that resident's rows are held. A place given back goes to whoever waits,
or comes back at a random minute: never to whoever knows of it. Announces `appointment.held`, `.booked`, `.moved`,
`.cancelled`, `.offered`, `.arrived`, `.fulfilled`, `.missed`. Hears `resident.died`. Never takes money, and never tells one
resident about another's place.
"""
