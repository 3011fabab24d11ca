"""Bills on paper: the itemised list that residents take to whoever asks for it.

Owns nothing. Draws what the rooms of bills and of payments say, in the reader's language, with the codes that prove what was paid.
Announces nothing, hears nothing. Never draws a draft: it is nobody's bill yet.
"""
