"""Grounds: who may see what of whom, from where, until when.

Owns the one table that says why. Rooms of this floor and above write grounds (family, a verification, a consent, a
referral, a contract); the gate reads those in force and turns them into the caller's sight. A ground is never edited:
it ends, by its date or early. Announces nothing, hears nothing, and never decides who may open a door.
"""
