"""What comes in and goes out at the doors of residents."""

from marshmallow import fields

from healthcode.core.schemas import Below, Day, Id, In, ManyOf, Moment, OneOf, Out, PageAsked, Text, Whole
from healthcode.registry.residents.documents import KINDS, LONGEST_NUMBER
from healthcode.registry.residents.models import IDENTITIES, SEXES
from healthcode.registry.residents.names import LONGEST_NAME
from healthcode.registry.residents.service.papers import IN_HAND, TEMPORARY


class DocumentIn(In):
    example = {"kind": "resident-id", "number": "11010519491231002X"}

    kind = OneOf(*IN_HAND, required=True)
    country = Text(least=2, most=3, pattern=r"[A-Z]{2,3}", metadata={"description": "ISO 3166-1, for passports"})
    number = Text(most=LONGEST_NUMBER, required=True)


class SearchIn(DocumentIn):
    kind = OneOf(*IN_HAND, TEMPORARY, required=True)
    birth_order = Whole(least=1, most=9, metadata={"description": "of a newborn, with its mother's document"})


class ResidentIn(In):
    example = {
        "name": "王秀英",
        "sex": "female",
        "birth_date": "1949-12-31",
        "documents": [DocumentIn.example],
        "district": "青阳街道",
    }

    name = Text(most=LONGEST_NAME, required=True)
    sex = OneOf(*SEXES, required=True)
    birth_date = Day(required=True)
    documents = ManyOf(Below(DocumentIn), least=0, most=4)
    district = Text(most=64)
    coverage = Text(most=32, metadata={"description": "kind of insurance; at a desk only"})
    phone = Text(most=24, metadata={"description": "at a desk only: from a phone it is the one that signed in"})


class NewbornIn(In):
    example = {
        "name": "王小禾",
        "sex": "male",
        "birth_date": "2026-11-22",
        "mother": DocumentIn.example,
        "birth_order": 1,
    }

    name = Text(most=LONGEST_NAME, required=True)
    sex = OneOf(*SEXES, required=True)
    birth_date = Day(required=True)
    mother = Below(DocumentIn, required=True, metadata={"description": "the mother's document, in hand"})
    birth_order = Whole(least=1, most=9, required=True)


class TemporaryIn(In):
    example = {"sex": "unknown", "name": "无名氏"}

    sex = OneOf(*SEXES, required=True)
    name = Text(most=LONGEST_NAME, metadata={"description": "what they are called meanwhile, if anything"})


class DocumentOut(Out):
    id = Id(required=True)
    resident_id = Id(required=True, metadata={"description": "the record that holds it; another one after a merge"})
    kind = OneOf(*KINDS, required=True)
    country = fields.String(required=True)
    number = fields.String(required=True, metadata={"description": "masked"})
    is_seen = fields.Boolean(required=True, metadata={"description": "a desk held it; otherwise it is only declared"})
    ended_at = Moment(allow_none=True)


class MergeOut(Out):
    id = Id(required=True)
    resident_id = Id(required=True)
    merged_id = Id(required=True)
    reason = fields.String(required=True)
    merged_at = Moment(required=True)
    reversed_at = Moment(allow_none=True)
    reversed_reason = fields.String(allow_none=True)


class CardOut(Out):
    """Masked: enough to tell two people apart, not enough to learn who they are."""

    resident_id = Id(required=True)
    display_name = fields.String(required=True)
    sex = OneOf(*SEXES, required=True)
    age = fields.Integer(allow_none=True)
    identity = OneOf(*IDENTITIES, required=True)


class HitOut(CardOut):
    is_seen = fields.Boolean(required=True, metadata={"description": "a desk held this document of theirs"})


class HitsOut(Out):
    items = ManyOf(Below(HitOut), least=0, most=20, required=True)


class ResidentOut(Out):
    """`name` and `birth_date` are there for the resident, their proxies, and posts that meet people by name."""

    id = Id(required=True)
    display_name = fields.String(required=True)
    name = fields.String()
    sex = OneOf(*SEXES, required=True)
    birth_date = Day(allow_none=True)
    age = fields.Integer(allow_none=True)
    identity = OneOf(*IDENTITIES, required=True)
    phone = fields.String(allow_none=True, metadata={"description": "masked"})
    district = fields.String(allow_none=True)
    coverage = fields.String(allow_none=True)
    died_on = Day(allow_none=True)
    merged_into_id = Id(allow_none=True)
    documents = ManyOf(Below(DocumentOut), least=0, most=50, required=True)
    merges = ManyOf(Below(MergeOut), least=0, most=50)
    version = fields.Integer(required=True)


class ResidentPatchIn(In):
    example = {"district": "梅岭街道", "reason": "搬家"}

    name = Text(most=LONGEST_NAME)
    sex = OneOf(*SEXES)
    birth_date = Day()
    district = Text(most=64, allow_none=True)
    coverage = Text(most=32, allow_none=True)
    phone = Text(most=24, allow_none=True)
    reason = Text(most=200, metadata={"description": "required of a desk"})


class ReasonIn(In):
    example = {"reason": "证件遗失"}

    reason = Text(most=200, required=True)


class MergeIn(In):
    example = {
        "resident_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415263",
        "merged_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415264",
        "documents": [DocumentIn.example],
        "reason": "同一人，两次登记",
    }

    resident_id = Id(required=True, metadata={"description": "the record that stays"})
    merged_id = Id(required=True, metadata={"description": "the record that leads to it"})
    documents = ManyOf(Below(DocumentIn), most=4, required=True, metadata={"description": "what is in hand"})
    reason = Text(most=200, required=True)


class DuplicatesAsked(PageAsked):
    pass


class DuplicateOut(Out):
    id = Id(required=True)
    document = Below(DocumentOut, required=True)
    card = Below(CardOut, required=True)
    also_held_by = ManyOf(Id(), least=0, most=20, required=True)


class DuplicatesPageOut(Out):
    items = ManyOf(Below(DuplicateOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True)


class DeathIn(In):
    example = {"died_on": "2026-11-20", "reason": "死亡证明"}

    died_on = Day(required=True)
    reason = Text(most=200, required=True, metadata={"description": "the certificate it stands on"})
