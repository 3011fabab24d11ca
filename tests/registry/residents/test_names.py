"""Names as people have them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.registry.residents.names import BadName, compare_form, mask, read_name


@pytest.mark.case("N7")
@pytest.mark.parametrize(
    "name",
    [
        "王秀英",
        "李〇",
        "欧阳修",
        "𬱖",  # beyond the basic plane: four bytes in UTF-8
        "吴𬱖",
        "𮧵三",
        "\U00031350三",  # newer than this Python's own tables
        "阿依古丽·买买提",
        "古丽巴哈尔·阿不都热依木·艾合买提江·吐尔逊尼亚孜·玉素甫江·阿卜杜喀迪尔·麦麦提明·伊敏江",
        "John Smith",
        "Suharto",
        "O’Neill-Ó Súilleabháin",
        "Nguyễn Thị Ánh",
        "김민수",
        "สมชาย",
        "محمد",
        "山田 花子",
        "ＪＯＨＮ",
        "王秀英之女2",
        "葛󠄀城",  # with a selector of the drawn variant
    ],
)
def test_a_name_is_kept_as_it_was_given(name):
    assert read_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.case("N7")
@pytest.mark.parametrize("dot", ["·", "•", "‧", "・", "･", "∙", "⋅", "．", " · ", "· ", "\u0387"])
def test_only_one_middle_dot_is_kept(dot):
    assert read_name(f"阿依古丽{dot}买买提") == "阿依古丽\u00b7买买提"


@pytest.mark.case("N7")
@pytest.mark.parametrize(
    "sign", ["\u200b", "\u200d", "\u200e", "\u202e", "\u2066", "\u2069", "\ufeff", "\u00ad", "\u061c", "\U000e0041"]
)
def test_what_nobody_can_see_is_left_out(sign):
    assert read_name(f"{sign}王{sign}秀英{sign}") == "王秀英"


@pytest.mark.case("N7")
def test_spaces_are_single_and_inside():
    assert read_name("  John \u3000 Smith\n") == "John Smith"


@pytest.mark.case("N7")
def test_a_letter_and_its_accent_become_one():
    assert read_name("Jose\u0301") == "José"


@pytest.mark.case("N7")
def test_an_old_private_code_becomes_its_character():
    assert read_name("王\ue863") == "王䶮"


@pytest.mark.case("N7", "R2")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        (" \u200b\u3000", "empty"),
        ("王" * 101, "long"),
        ("王" * 1_000_000, "long"),
        ("·", "letters"),
        ("123", "letters"),
        ("王\x00三", "sign"),
        ("<script>", "sign"),
        ("王三😀", "sign"),
        ("王\ud800三", "sign"),
        ("=cmd|1", "sign"),
        ("王\ue000", "private"),
        ("a" + "\u0301" * 40, "marks"),
        ("\u0301a", "marks"),
    ],
)
def test_what_no_name_has_is_refused(name, code):
    with pytest.raises(BadName) as told:
        read_name(name)
    assert told.value.code == code
    assert told.value.field == "name"
    assert (
        name.strip(" \u200b\u3000") == "" or name not in str(told.value) + told.value.reason.zh + told.value.reason.en
    )


@pytest.mark.case("N7")
def test_a_hundred_characters_are_a_name():
    assert len(read_name("𬱖" * 100)) == 100


@given(st.text(max_size=120))
def test_any_text_is_kept_or_refused_and_a_kept_name_stays_the_same(text):
    try:
        name = read_name(text)
    except BadName:
        return
    assert 1 <= len(name) <= 100
    assert read_name(name) == name
    assert not set(name) & set("\u200b\u202e\u2066\n•‧・")
    assert mask(name)


# Comparing


@pytest.mark.case("N7")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("John Smith", "JOHN SMITH"),
        ("John Smith", "ＪｏｈｎＳｍｉｔｈ"),
        ("O’Neill", "O'Neill"),
        ("葛城", "葛󠄀城"),
        ("José", "Jose\u0301"),
    ],
)
def test_ways_of_writing_one_name_compare_equal(one, other):
    assert compare_form(one) == compare_form(other)


@pytest.mark.parametrize(
    ("one", "other"), [("王秀英", "王秀瑛"), ("吴𬱖", "吴頔"), ("John Smith", "John Smyth"), ("·", "-")]
)
def test_different_names_stay_different(one, other):
    assert compare_form(one) != compare_form(other)


@pytest.mark.case("N8")
def test_a_name_is_no_key():
    """Nothing in the module finds anybody: it has forms and masks, and takes no birth date."""
    import inspect

    from healthcode.registry.residents import names

    given = {
        parameter
        for _, one in inspect.getmembers(names, inspect.isfunction)
        for parameter in inspect.signature(one).parameters
    }
    assert not {name for name in given if "birth" in name or "date" in name}


# Masks


@pytest.mark.case("N7")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("张", "*"),
        ("欧阳修", "欧阳*"),
        ("欧阳娜娜", "欧阳**"),
        ("歐陽娜娜", "歐陽**"),
        ("东方", "东*"),  # a surname and a given name, not a compound surname alone
        ("张王小三", "张**三"),
        ("吴𬱖", "吴*"),
        ("𬱖", "*"),
        ("𬱖小三", "𬱖*三"),
        ("李〇", "李*"),
        ("김민수", "김*수"),
        ("阿依古丽·买买提", "阿***·买**"),
        ("John Smith", "J*** S****"),
        ("Suharto", "S******"),
        ("J Smith", "* S****"),
        ("สมชาย", "ส****"),
        ("", ""),
    ],
)
def test_a_mask_is_enough_to_be_called_up(name, shown):
    assert mask(name) == shown


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12))
def test_a_mask_of_hanzi_hides_something_and_keeps_the_length(name):
    shown = mask(name)
    assert len(shown) == len(name)
    assert "*" in shown
    assert shown.count("*") >= (len(name) + 1) // 3


@given(
    st.lists(
        st.text(st.characters(min_codepoint=0x61, max_codepoint=0x7A), min_size=1, max_size=9), min_size=1, max_size=5
    )
)
def test_a_mask_of_latin_names_shows_initials_only(parts):
    for part, shown in zip(parts, mask(" ".join(parts)).split(" "), strict=True):
        assert shown == ("*" if len(part) == 1 else part[0] + "*" * (len(part) - 1))
