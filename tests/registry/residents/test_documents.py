"""What can be read off a document, in every form in which people bring it."""

import traceback
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.registry.residents.countries import alpha_3
from healthcode.registry.residents.documents import (
    KINDS,
    READABLE,
    BadDocument,
    Document,
    Facts,
    check_character,
    facts,
    is_globally_unique,
    mask,
    newborn_of,
    read_document,
)

TODAY = date(2026, 11, 23)
BEIJING_1949 = "11010519491231002X"


def read(number: str, kind: str = "resident-id", country: str | None = None) -> Document:
    return read_document(kind, country, number, TODAY)


def refused(number: str, kind: str = "resident-id", country: str | None = None) -> BadDocument:
    with pytest.raises(BadDocument) as told:
        read(number, kind, country)
    return told.value


numbers = st.builds(
    lambda region, born, serial: (digits := f"{region}{born:%Y%m%d}{serial:03d}") + check_character(digits),
    st.sampled_from(["110105", "350582", "440524", "140105", "650102", "810000", "820000", "830000", "911840"]),
    st.dates(date(1880, 1, 1), TODAY),
    st.integers(1, 995),
)


# Eighteen digits


@pytest.mark.case("N1")
@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002X",
        "  11010519491231002X\u3000",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５19491231００２ｘ",
    ],
)
def test_one_number_in_all_the_ways_people_type_it(typed):
    assert read(typed) == Document("resident-id", "CHN", BEIJING_1949)


@pytest.mark.case("N1")
@pytest.mark.parametrize(
    "typed",
    [
        "٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧",  # digits, says Unicode
        "1101051949123100²X",
        "11010519491231002Х",  # a Cyrillic letter
        "11010519491231002X\n",
        "11010519491231002\u200bX",
        "11010519491231002",
        "1X010519491231002X",
        "",
        "1" * 41,
        "1" * 1_000_000,
    ],
)
def test_what_only_looks_like_a_number_is_refused(typed):
    assert (refused(typed).field, refused(typed).code) == ("number", "form")


@pytest.mark.case("N2")
@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "check"),
        ("11010519491331002X", "date"),
        ("11010519490230002X", "date"),
        ("11010519000229002X", "date"),  # 1900 was no leap year
        ("11010517991231002X", "date"),
        ("11010520261124002X", "future"),
        ("00000019491231002X", "region"),
        ("16010519491231002X", "region"),
        ("66010519491231002X", "region"),
        ("71010519491231002X", "region"),
        ("81000119491231002X", "region"),
        ("90010519491231002X", "region"),
    ],
)
def test_an_impossible_number_is_refused_for_its_own_reason(number, code):
    assert (refused(number).field, refused(number).code) == ("number", code)


@pytest.mark.case("N2")
def test_a_child_born_today_has_a_number_and_one_born_tomorrow_has_not():
    digits = f"350582{TODAY:%Y%m%d}001"
    number = digits + check_character(digits)
    assert facts(read(number)).birth_date == TODAY
    with pytest.raises(BadDocument, match="future"):
        read_document("resident-id", None, number, date(2026, 11, 22))


@pytest.mark.case("N2", "R6")
@pytest.mark.parametrize("number", ["110105194912310021", "11010519491331002X", "11010520261124002X", "ABC9876543210"])
def test_a_refusal_never_repeats_the_number(number):
    error = refused(number)
    told = (
        "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error)) + error.reason.zh + error.reason.en
    )
    # The source line of this very test's parameters is not in the traceback; the number would be.
    assert number not in told
    assert number[6:14] not in told
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_a_document_in_a_log_line_is_masked():
    assert BEIJING_1949 not in f"{read(BEIJING_1949)!r} {read(BEIJING_1949)}"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (BEIJING_1949, Facts(date(1949, 12, 31), "female")),
        ("440524188001010014", Facts(date(1880, 1, 1), "male")),
        ("810000199408230021", Facts(date(1994, 8, 23), "female")),
        ("830000199201300022", Facts(date(1992, 1, 30), "female")),
    ],
)
@pytest.mark.case("N2", "N4", "N11")
def test_a_number_says_birth_date_and_sex(number, told):
    assert facts(read(number)) == told


@given(numbers)
@pytest.mark.case("N2")
def test_every_single_wrong_digit_is_found(number):
    for place, right in enumerate(number):
        for wrong in "0123456789X":
            if wrong != right:
                assert not is_right(number[:place] + wrong + number[place + 1 :])


@given(numbers)
@pytest.mark.case("N2")
def test_every_swap_of_neighbours_is_found(number):
    for place in range(17):
        one, other = number[place : place + 2]
        if one != other:
            assert not is_right(number[:place] + other + one + number[place + 2 :])


def is_right(number: str) -> bool:
    try:
        read(number)
    except BadDocument:
        return False
    return True


@given(numbers)
def test_reading_is_stable(number):
    once = read(number)
    assert once.number == number
    assert read_document(once.kind, once.country, once.number, TODAY) == once


@given(st.text(max_size=60), st.sampled_from(sorted(READABLE)), st.none() | st.text(max_size=4))
def test_any_text_is_read_or_refused_and_nothing_else(typed, kind, country):
    try:
        document = read_document(kind, country, typed, TODAY)
    except BadDocument:
        return
    assert document.number.isascii()
    assert document == read_document(document.kind, document.country, document.number, TODAY)


# The old form


@pytest.mark.case("N3")
def test_the_old_number_finds_the_same_person():
    assert read("110105491231002") == read(BEIJING_1949)


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(1, 995))
@pytest.mark.case("N3", "N11")
def test_fifteen_digits_mean_the_twentieth_century(born, serial):
    document = read(f"350582{born:%y%m%d}{serial:03d}")
    assert len(document.number) == 18
    assert facts(document) == Facts(born, "male" if serial % 2 else "female")
    assert read(document.number) == document


@pytest.mark.case("N11")
def test_the_oldest_had_serials_of_their_own():
    assert facts(read("440524880101997")).birth_date == date(1888, 1, 1)
    assert facts(read("440524880101995")).birth_date == date(1988, 1, 1)


@pytest.mark.case("N3")
@pytest.mark.parametrize(
    ("old", "code"), [("110105491331002", "date"), ("110105000229002", "date"), ("990105491231002", "region")]
)
def test_an_impossible_old_number_is_refused(old, code):
    assert refused(old).code == code


# Other documents


@pytest.mark.case("N4")
@pytest.mark.parametrize("number", ["810000199408230021", "830000199201300022"])
@pytest.mark.parametrize("chosen", ["resident-id", "residence-permit", "permanent-residence"])
def test_eighteen_digits_say_their_kind_whatever_was_chosen(number, chosen):
    assert read(number, chosen).kind == "residence-permit"
    assert read(BEIJING_1949, chosen).kind == "resident-id"


@pytest.mark.case("N4")
def test_a_foreigners_card_new_and_old():
    digits = "91184019900229001".replace("0229", "0228")
    new = read(digits + check_character(digits), "permanent-residence")
    assert (new.kind, facts(new)) == ("permanent-residence", Facts(date(1990, 2, 28), "male"))
    old = read("usa 1100 9002 2801 ", "permanent-residence")
    assert old == Document("permanent-residence", "CHN", "USA110090022801")
    assert facts(old) == Facts()  # a year of two digits says no century
    assert refused("QQQ110090022801", "permanent-residence").code == "region"
    assert refused("USA110090022801", "resident-id").code == "form"


@pytest.mark.case("N4")
@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("hk-macao-permit", "h12345678", "H12345678"),
        ("hk-macao-permit", "H1234567802", "H12345678"),  # renewed twice, the same person
        ("hk-macao-permit", "M00000001", "M00000001"),
        ("hk-macao-permit", "HA1234567", "HA1234567"),
        ("taiwan-permit", "12345678", "12345678"),
        ("taiwan-permit", "1234567803", "12345678"),
        ("taiwan-permit", "1234567803（B）", "12345678"),
        ("birth-certificate", "w350123456", "W350123456"),
        ("temporary", "er-2026-0001", "ER-2026-0001"),
    ],
)
def test_permits_keep_the_number_that_is_for_life(kind, typed, kept):
    document = read(typed, kind)
    assert document == Document(kind, "CHN", kept)
    assert facts(document) == Facts()


@pytest.mark.case("N4")
@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("hk-macao-permit", "X12345678"),
        ("hk-macao-permit", "H1234567"),
        ("hk-macao-permit", "H123456781"),
        ("taiwan-permit", "1234567"),
        ("taiwan-permit", "T12345678"),
        ("passport", "ABCDEFGH"),
        ("passport", "1234"),
        ("passport", "ı1234567"),  # a letter that upper() would make an I
        ("passport", "ß1234567"),
        ("birth-certificate", "3501234567"),
        ("birth-certificate", "AB35012345"),
        ("temporary", "--"),
    ],
)
def test_other_forms_are_refused(kind, typed):
    assert refused(typed, kind, "DE" if kind == "passport" else None).code == "form"


@pytest.mark.case("N4")
def test_a_passport_is_known_with_its_country():
    assert (
        read("c01x00t47", "passport", "DE")
        == read("C01X00T47", "passport", "deu")
        == read("C01X00T47", "passport", "D<<")
    )
    assert read("C01X00T47", "passport", "FR") != read("C01X00T47", "passport", "DE")
    assert (refused("C01X00T47", "passport").field, refused("C01X00T47", "passport").code) == (
        "country",
        "country-missing",
    )
    assert refused("C01X00T47", "passport", "ZZ").code == "country"
    assert read("E12345678", "passport", "CN").country == "CHN"
    assert refused(BEIJING_1949, "resident-id", "US").code == "issuer"
    assert read(BEIJING_1949, "resident-id", "CN") == read(BEIJING_1949)


@pytest.mark.parametrize(
    ("code", "kept"), [("cn", "CHN"), ("GBR", "GBR"), ("XXA", "XXA"), ("D", "DEU"), ("XX", None), ("", None)]
)
def test_countries_have_one_form(code, kept):
    assert alpha_3(code) == kept


def test_an_unknown_kind_is_named_as_the_mistake():
    assert (refused("1", "driving-licence").field, refused("1", "driving-licence").code) == ("kind", "kind")
    assert refused("1", "newborn").code == "of-mother"


# Those without a document


@pytest.mark.case("N5")
def test_twins_are_two_and_neither_is_unique():
    mother = read(BEIJING_1949)
    first, second = newborn_of(mother, 1), newborn_of(mother, 2)
    assert first != second
    assert first != mother
    assert facts(first) == Facts()  # the mother's birth date is not the child's
    assert not is_globally_unique(first.kind)


@pytest.mark.case("N5")
def test_a_newborns_mother_is_known_by_a_document_of_her_own():
    with pytest.raises(BadDocument):
        newborn_of(read("ER-2026-0001", "temporary"), 1)
    with pytest.raises(BadDocument):
        newborn_of(read(BEIJING_1949), 0)


@pytest.mark.case("N4", "N5")
def test_only_numbers_given_once_in_the_world_may_merge_records():
    assert {kind for kind in KINDS if not is_globally_unique(kind)} == {"newborn", "temporary"}


# Masks

SAMPLES = [
    read(BEIJING_1949),
    read("810000199408230021"),
    read("USA110090022801", "permanent-residence"),
    read("H12345678", "hk-macao-permit"),
    read("12345678", "taiwan-permit"),
    read("C01X00T47", "passport", "DE"),
    read("A1234", "passport", "TON"),
    read("W350123456", "birth-certificate"),
    read("ER-1", "temporary"),
    newborn_of(read("350582199001010013"[:17] + check_character("35058219900101001")), 2),
]


@pytest.mark.parametrize("document", SAMPLES, ids=lambda document: document.kind)
@pytest.mark.case("R6")
def test_a_mask_hides_at_least_half(document):
    shown = mask(document)
    number = document.number.split("/")[1] if document.kind == "newborn" else document.number
    assert shown.count("*") * 2 >= len(number)
    assert number not in shown


def test_masks_read_as_people_know_them():
    assert mask(read(BEIJING_1949)) == "1101**********002X"
    assert mask(read("C01X00T47", "passport", "DE")) == "C******47"
    assert mask(newborn_of(read(BEIJING_1949), 2)) == "1101**********002X/2"


@given(numbers)
def test_a_mask_never_tells_the_day_of_birth(number):
    shown = mask(read(number))
    assert shown[4:14] == "*" * 10
    assert len(shown) == 18


def test_kinds_can_be_told_to_people():
    assert all(kind.words.zh and kind.words.en for kind in KINDS.values())
    assert set(READABLE) == set(KINDS) - {"newborn"}
