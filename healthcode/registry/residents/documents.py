"""Identity documents: what can be read off each kind's number, and the one form in which it is kept.

A person is not a number: the key is (kind, country, number), and one person may hold several. Kinds are named like
FHIR's own codes (lower case, hyphens), because HL7's table of identifier types (v2-0203) has one word, "NI", for three
of ours and none for a travel permit; `hl7_type` gives its word where there is one. `country` is who issued the document.

Eighteen digits beginning with 1–6 are a citizen's, 81/82/83 a residence permit for people of Hong Kong, Macao and
Taiwan, 9 a foreigner's permanent residence card. All share one space of numbers (GB 11643) with one check character
(ISO 7064 MOD 11-2), so the number alone decides the kind, whatever was chosen from a list.

Several forms of one number find the same person: 15 digits become 18, and a permit's count of renewals is left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from healthcode.core.words import Words
from healthcode.registry.residents.countries import alpha_3
from healthcode.registry.residents.typed import Mistyped, folded

LONGEST_NUMBER = 40  # characters as typed, spaces included
CHINA = "CHN"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # 2^(17-i) mod 11
_CHECKS = "10X98765432"
# GB/T 2260, the first two digits. Counties come, go and are renamed, and numbers keep the code of the day they were
# given, so a list of counties would refuse people.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]")
_PERMIT_REGIONS = frozenset(("810000", "820000", "830000"))
_CENTURIES = ("18", "19", "20")
# In 15 digits these serials belonged to people born before 1900.
_SERIALS_OF_THE_OLDEST = ("996", "997", "998", "999")

_OLD_RESIDENT_ID = re.compile(r"[0-9]{15}")
_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")
_OLD_PERMANENT_RESIDENCE = re.compile(r"[A-Z]{3}[0-9]{12}")
_HK_MACAO_PERMIT = re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?|([HM][A-Z][0-9]{7})")
_TAIWAN_PERMIT = re.compile(r"([0-9]{8})(?:[0-9]{2}(?:[A-Z]|\([A-Z]\))?)?")
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,20}")
_BIRTH_CERTIFICATE = re.compile(r"[A-Z][0-9]{9}")
_TEMPORARY = re.compile(r"[A-Z0-9][A-Z0-9-]{3,31}")


class BadDocument(Mistyped):
    """A document that cannot be one. `field` is "kind", "country" or "number"."""

    reasons = {
        "kind": Words(zh="不支持此证件类型", en="not a kind of document used here"),
        "of-mother": Words(zh="新生儿请凭母亲证件登记", en="a newborn is known by its mother's document"),
        "country": Words(zh="不是国家或地区代码", en="not a country's code"),
        "country-missing": Words(zh="请填写签发国", en="say which country issued it"),
        "issuer": Words(zh="此类证件由中国签发", en="this kind is issued by China"),
        "form": Words(zh="号码格式不对", en="not the form of such a number"),
        "region": Words(zh="号码中的地区不对", en="the region in the number does not exist"),
        "date": Words(zh="号码中的出生日期不存在", en="the date of birth in the number does not exist"),
        "future": Words(zh="号码中的出生日期晚于今天", en="the date of birth in the number is still to come"),
        "check": Words(zh="号码有误，请核对每一位", en="a digit is wrong; compare each one"),
        "order": Words(zh="胎次应为 1 至 9", en="the order of birth is 1 to 9"),
    }


@dataclass(frozen=True)
class Document:
    """A document in the one form in which it is kept. Made by `read_document` and `newborn_of` alone."""

    kind: str
    country: str  # who issued it, ISO 3166-1 alpha-3
    number: str

    def __repr__(self) -> str:
        return f"Document({self.kind}, {mask(self)})"  # a traceback or a log line tells no number


@dataclass(frozen=True)
class Facts:
    """What a number says of its holder; None for what it does not say."""

    birth_date: date | None = None
    sex: Literal["male", "female"] | None = None  # FHIR AdministrativeGender


@dataclass(frozen=True)
class Kind:
    """A kind of document: its name for people, HL7's word for its number, and whether nobody else can have that number."""

    words: Words
    hl7_type: str | None
    is_unique: bool = True


KINDS: dict[str, Kind] = {
    "resident-id": Kind(Words(zh="居民身份证", en="Resident identity card"), "NI"),
    "residence-permit": Kind(Words(zh="港澳台居民居住证", en="Residence permit (Hong Kong, Macao, Taiwan)"), "NI"),
    "permanent-residence": Kind(Words(zh="外国人永久居留身份证", en="Foreign permanent resident card"), "PRC"),
    "hk-macao-permit": Kind(Words(zh="港澳居民来往内地通行证", en="Mainland travel permit (Hong Kong, Macao)"), None),
    "taiwan-permit": Kind(Words(zh="台湾居民来往大陆通行证", en="Mainland travel permit (Taiwan)"), None),
    "passport": Kind(Words(zh="护照", en="Passport"), "PPN"),
    "birth-certificate": Kind(Words(zh="出生医学证明", en="Birth certificate"), "BCT"),
    # The same mother may have twins today and another child next year, so this proves nobody to be anybody.
    "newborn": Kind(Words(zh="新生儿（母亲证件）", en="Newborn (mother's document)"), "PNT", is_unique=False),
    # A wristband's number, given by one hospital to somebody who cannot say their name; another may give the same.
    "temporary": Kind(Words(zh="临时身份", en="Temporary identity"), "PNT", is_unique=False),
}


def read_document(kind: str, country: str | None, number: str, today: date) -> Document:
    """The document that somebody typed or scanned. Raises BadDocument, which never repeats the number.

    `country` (alpha-2 or alpha-3) is asked for passports only; everything else is issued by China. `today` is the city's.
    """
    if kind not in _READERS:
        raise BadDocument("kind", "of-mother" if kind == "newborn" else "kind")
    issuer = _issuer(kind, country)
    if len(number) > LONGEST_NUMBER:
        raise BadDocument("number", "form")
    # Upper case only after ASCII is sure: "ß".upper() is "SS", and "ı".upper() is "I".
    text = folded(number)
    if not text.isascii():
        raise BadDocument("number", "form")
    kind, text = _READERS[kind](kind, text.upper(), today)
    return Document(kind, issuer, text)


def newborn_of(mother: Document, birth_order: int) -> Document:
    """What a child is known by before it has a document: the mother's, and which of her children of that birth it is.

    Not unique, see `is_globally_unique`. Raises BadDocument.
    """
    if not is_globally_unique(mother.kind):
        raise BadDocument("kind", "kind")
    if not 1 <= birth_order <= 9:
        raise BadDocument("birth_order", "order")
    return Document("newborn", mother.country, f"{mother.kind}/{mother.number}/{birth_order}")


def is_globally_unique(kind: str) -> bool:
    """Whether such a number can be only one person's, so that two records with it may be merged. Raises KeyError."""
    return KINDS[kind].is_unique


def facts(document: Document) -> Facts:
    """Date of birth and sex, where the number says them. The old permanent residence card's two-digit year says neither."""
    if document.kind not in _EIGHTEEN or not _RESIDENT_ID.fullmatch(document.number):
        return Facts()
    born = date.fromisoformat(f"{document.number[6:10]}-{document.number[10:12]}-{document.number[12:14]}")
    return Facts(born, "male" if int(document.number[16]) % 2 else "female")


def mask(document: Document) -> str:
    """Enough for its holder to recognise it: 3505**********1234. Hides the day of birth, and at least half of any number."""
    if document.kind == "newborn":
        kind, number, order = document.number.split("/")
        return f"{mask(Document(kind, document.country, number))}/{order}"
    number = document.number
    shown = (4, 4) if len(number) == 18 and document.kind in _EIGHTEEN else (1, 2) if len(number) >= 8 else (0, 2)
    head, tail = number[: shown[0]], number[-shown[1] :]
    return head + "*" * (len(number) - sum(shown)) + tail


def check_character(digits: str) -> str:
    """The eighteenth character for seventeen digits: ISO 7064 MOD 11-2, as GB 11643 uses it."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def _issuer(kind: str, country: str | None) -> str:
    if not country:
        if kind == "passport":
            raise BadDocument("country", "country-missing")
        return CHINA
    issuer = alpha_3(folded(country))
    if issuer is None:
        raise BadDocument("country", "country")
    if kind != "passport" and issuer != CHINA:
        raise BadDocument("country", "issuer")
    return issuer


# How each kind's number is read: typed in upper-case ASCII without spaces -> kind and number as kept.

_Reader = Callable[[str, str, date], tuple[str, str]]


def _eighteen(kind: str, text: str, today: date) -> tuple[str, str]:
    if kind == "resident-id" and _OLD_RESIDENT_ID.fullmatch(text):
        text = _with_century(text)
    if kind == "permanent-residence" and _OLD_PERMANENT_RESIDENCE.fullmatch(text):
        if alpha_3(text[:3]) is None:
            raise BadDocument("number", "region")
        return kind, text
    if not _RESIDENT_ID.fullmatch(text):
        raise BadDocument("number", "form")
    told = _kind_of(text)
    _make_sure_was_born(text[6:14], today)
    if check_character(text[:17]) != text[17]:
        raise BadDocument("number", "check")
    return told, text


def _with_century(old: str) -> str:
    century = "18" if old[12:] in _SERIALS_OF_THE_OLDEST else "19"
    digits = old[:6] + century + old[6:]
    return digits + check_character(digits)


def _kind_of(text: str) -> str:
    if text[0] == "9" and _PROVINCE.fullmatch(text[1:3]):  # then the nationality in three digits
        return "permanent-residence"
    if text[:6] in _PERMIT_REGIONS:
        return "residence-permit"
    if _PROVINCE.match(text):
        return "resident-id"
    raise BadDocument("number", "region")


def _make_sure_was_born(digits: str, today: date) -> None:
    if not digits.startswith(_CENTURIES):
        raise BadDocument("number", "date")
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadDocument("number", "date") from None  # the cause would repeat the day
    if born > today:
        raise BadDocument("number", "future")


def _shaped(form: re.Pattern[str]) -> _Reader:
    """Numbers that say nothing but themselves: the first group is what is kept of them, if there are groups."""

    def read(kind: str, text: str, today: date) -> tuple[str, str]:
        found = form.fullmatch(text)
        if found is None:
            raise BadDocument("number", "form")
        return kind, next((group for group in found.groups() if group), text)

    return read


_EIGHTEEN = ("resident-id", "residence-permit", "permanent-residence")
_READERS: dict[str, _Reader] = {
    **dict.fromkeys(_EIGHTEEN, _eighteen),
    # For life: the letter and eight digits. Cards until 2013 add how often it was renewed. Since 2024 permanent residents
    # who are not Chinese have a second letter.
    "hk-macao-permit": _shaped(_HK_MACAO_PERMIT),
    # For life: eight digits. The old booklet adds how often it was renewed and a letter for the office.
    "taiwan-permit": _shaped(_TAIWAN_PERMIT),
    "passport": _shaped(_PASSPORT),
    "birth-certificate": _shaped(_BIRTH_CERTIFICATE),
    "temporary": _shaped(_TEMPORARY),
}
READABLE = tuple(_READERS)  # the kinds that can be typed or scanned: all but a newborn's
