"""The agenda: all that is due for this resident, here, now: what a scan opens.

Owns nothing. Asks the rooms below what they have for whom a verification names, at the institution that made it, and says with
each the act that follows. Announces nothing, hears nothing. Never shows what is due elsewhere.
"""
