"""What an address of the portal may hold beside its path: ids, never anything about a person."""

from healthcode.core.schemas import Id, In


class BookAsked(In):
    move = Id(metadata={"description": "the appointment that is to have another time"})
