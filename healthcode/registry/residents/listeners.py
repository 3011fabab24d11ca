"""What residents hear: their own registrations and documents, where nobody waits for the answer.

Looking for duplicates here and not while registering keeps the answer, and the time it takes, the same whether or not
a number is known.
"""

from healthcode.core.db import session
from healthcode.core.outbox import Happening, announce, hears
from healthcode.registry.residents import service
from healthcode.registry.residents.models import IdentityDocument


@hears("resident.registered")
@hears("resident.document-added")
def look_for_duplicates(happening: Happening) -> None:
    """Somebody else holds the same number: a desk should look at both."""
    resident_id = happening.facts["resident_id"]
    documents = (
        session().scalars(IdentityDocument.of_person([resident_id]).where(IdentityDocument.ended_at.is_(None))).all()
    )
    others = {other for document in documents for other in service.others_with(document)}
    for other in sorted(others):
        announce("resident.duplicate-found", resident_id=resident_id, other_id=other)
