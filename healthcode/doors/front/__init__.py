"""The front of the house: what belongs to no room.

Owns the way in (`/`), the shared assets, the catalogue of problems, the API's document, and what operators ask:
is it alive, is it ready, how busy is it. Says nothing about any person.
"""
