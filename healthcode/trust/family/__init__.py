"""Who may act for whom, for what, until when.

Owns grants: an adult's to another (the represented person invites, the other accepts, either ends it in one tap), a
paper grant recorded at a desk, and guardianship of a child, which ends by itself on the eighteenth birthday. Writes
grounds; announces `grant.proposed`, `grant.accepted`, `grant.ended`; hears when a resident dies and when a birth
date was corrected. A right is never passed on: nobody who acts for somebody can let a third person do so.
"""
