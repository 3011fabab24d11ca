"""Devices: scanners, walls and institution systems, each with a key of its own that never left it.

Owns `devices`. An administrator invites a device and gets an enrolment code, to be typed once, within a day, on the
machine itself; the machine then says its public key. A lost device is revoked at once: its state is asked for at every
request. Announces `device.invited`, `device.enrolled`, `device.revoked`. Hears nothing. Never sees a private key, never
signs a device in (sessions does), and never tells why an enrolment code was refused.
"""
