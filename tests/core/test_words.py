"""Chinese unless English is liked better."""

import pytest

from healthcode.core.words import Words, language


@pytest.mark.parametrize(
    ("accept", "spoken"),
    [
        ("", "zh"),
        ("en", "en"),
        ("zh", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh;q=0.3, en;q=0.7", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "en"),
        ("fr, de", "zh"),
        ("*", "zh"),
        ("en;q=0", "zh"),
        ("en;q=nan", "zh"),
        ("en;q=9", "zh"),
        ("english", "zh"),
        ("fr," * 50_000 + "en", "zh"),
    ],
)
def test_the_language_is_the_one_the_person_likes_best(accept: str, spoken: str) -> None:
    assert language(accept) == spoken


def test_a_text_is_spoken_in_chinese_where_the_house_does_not_know_the_language() -> None:
    hello = Words(zh="你好", en="Hello")
    assert [hello.pick("en"), hello.pick("zh"), hello.pick("fr")] == ["Hello", "你好", "你好"]
