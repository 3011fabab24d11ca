"""The first floor: who and where."""
