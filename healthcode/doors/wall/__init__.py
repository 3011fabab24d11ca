"""The wall's page: the numbers that are called, in a waiting room, on a screen that nobody touches all day.

Owns no data. It keeps no copy for later either: a number that is not known to be the present one is never shown as if it
were, so without the service the page says since when it has heard nothing.
"""
