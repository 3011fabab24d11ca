"""The use cases of residents, by what they do."""

from healthcode.registry.residents.models import Resident
from healthcode.registry.residents.service.editing import (
    add_document,
    correct_death,
    edit,
    end_document,
    erase,
    record_death,
)
from healthcode.registry.residents.service.loading import Newcomer, load, newcomer
from healthcode.registry.residents.service.merging import find_duplicates, merge, others_with, reverse
from healthcode.registry.residents.service.papers import normal_phone
from healthcode.registry.residents.service.reading import (
    accounts,
    display_names,
    document_view,
    hold,
    holder_of,
    holds_document,
    ids_of_person,
    index_of_phone,
    is_proved,
    living_record,
    lock_person,
    masked_card,
    merged_into,
    record,
    records_of,
    search,
    show,
    view,
)
from healthcode.registry.residents.service.registering import (
    register_at_desk,
    register_newborn,
    register_self,
    register_temporary,
)
from healthcode.registry.residents.service.texts import SealedText, open_texts, seal_text

__all__ = [
    "Newcomer",
    "Resident",
    "SealedText",
    "accounts",
    "add_document",
    "correct_death",
    "display_names",
    "document_view",
    "edit",
    "end_document",
    "erase",
    "find_duplicates",
    "hold",
    "holder_of",
    "holds_document",
    "ids_of_person",
    "index_of_phone",
    "is_proved",
    "living_record",
    "load",
    "lock_person",
    "masked_card",
    "merge",
    "merged_into",
    "newcomer",
    "normal_phone",
    "open_texts",
    "others_with",
    "record",
    "record_death",
    "records_of",
    "register_at_desk",
    "register_newborn",
    "register_self",
    "register_temporary",
    "reverse",
    "seal_text",
    "search",
    "show",
    "view",
]
