"""Reading the trail: "who looked at my data".

Owns no table: it puts the rows of `core.trail` into plain words for the resident they are about, and shows auditors
ids and codes. Its own doors are on the trail like all others. Announces nothing, hears nothing, changes nothing.
"""
