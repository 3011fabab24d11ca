"""Every problem is written for the person who meets it, in both languages."""

import re

from flask import Flask

from healthcode.core.problems import Problem


def test_every_problem_says_what_it_means(app: Flask):
    assert len(Problem.catalogue) > 20
    for slug, kind in Problem.catalogue.items():
        assert kind.__doc__, slug
        assert re.search(r"[\u4e00-\u9fff]", kind.title.zh), slug
        assert not re.search(r"[\u4e00-\u9fff]", kind.title.en), slug
        assert "!" not in kind.title.en + kind.title.zh, slug
        assert 400 <= kind.status < 600, slug


def test_a_problems_type_leads_to_its_page(client):
    page = client.get("/problems/code-already-used")
    assert page.status_code == 200
    assert "已被使用" in page.text
    assert client.get("/problems/no-such-thing").status_code == 404


def test_a_problem_speaks_the_readers_language(client):
    asked = {"en": "Please sign in", "zh-CN": "请先登录", "fr": "请先登录", "en;q=0.5,zh;q=0.9": "请先登录"}
    for tongue, title in asked.items():
        answer = client.get("/api/v1/me", headers={"Accept-Language": tongue})
        assert answer.mimetype == "application/problem+json"
        assert answer.json["title"] == title
