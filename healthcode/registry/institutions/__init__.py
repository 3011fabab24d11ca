"""Institutions: hospitals, health centres, stations and pharmacies, how they belong together, and who works there.

Owns `institutions`, `departments`, `alliances`, `alliance_members`, `staff` and `posts`. What an institution is and
where it stands is public. A right is a post: a role, at one institution or in the city, from a moment until a moment; it is
looked up whenever it is used and remembered nowhere, so ending a post ends its rights at once.

Announces `post.started` and `post.ended`. Hears nothing. Never checks a password (sessions does) and never decides who
may open a door (the gate does).
"""
