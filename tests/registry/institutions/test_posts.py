"""Posts: a right lasts as long as the post, and not a moment longer."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from healthcode.core import clock as core_clock
from healthcode.core.db import session, transaction
from healthcode.registry.institutions import service
from healthcode.registry.institutions.models import Post
from tests.registry.people import Door, identity, made
from tests.support.sign_in import at_once
from tests.support.town import Town


def test_an_administrator_gives_a_post_and_lists_who_works_here(admin: Door, town: Town):
    post = made(admin.post(f"/institutions/{town.hospital}/posts", {"username": "worker", "role": "pharmacist"}))
    assert post["staff_id"] == town.station_worker.id
    staff = {
        item["username"]: item["posts"] for item in admin.get(f"/institutions/{town.hospital}/staff").json["items"]
    }
    assert staff.keys() == {"clerk", "doctor", "admin", "worker"}
    assert [held["id"] for held in staff["worker"]] == [post["id"]]


@pytest.mark.case("Z10")
def test_a_right_ends_with_the_post(admin: Door, clerk: Door, town: Town):
    """The session is still open, the post is not."""
    assert clerk.post("/resident-searches", identity()).status_code == 200
    with transaction("read"):
        [post] = [held.id for held in service.posts_of(town.clerk.id, core_clock.now())]
    assert admin.delete(f"/posts/{post}").status_code == 204
    assert clerk.post("/resident-searches", identity()).status_code in (401, 403)
    assert admin.delete(f"/posts/{post}").status_code == 404


def test_a_post_that_was_given_while_one_waited_is_seen(admin: Door, town: Town, monkeypatch, clock):
    """Two administrators at once: the second waits for the first, and then looks at what there is."""
    real = service.lock_for

    def after_waiting(table, row_id):
        clock.advance(seconds=1)
        given = {"staff_id": town.station_worker.id, "institution_id": town.hospital, "role": "pharmacist"}
        session().add(Post(from_at=core_clock.now(), **given))
        session().flush()
        real(table, row_id)

    monkeypatch.setattr(service, "lock_for", after_waiting)
    refused = admin.post(f"/institutions/{town.hospital}/posts", {"username": "worker", "role": "pharmacist"})
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/post-already-held")


def test_a_post_that_was_over_before_it_began_is_refused(admin: Door, town: Town, monkeypatch, clock):
    real = service.lock_for
    monkeypatch.setattr(service, "lock_for", lambda *what: (clock.advance(seconds=2), real(*what)))
    until = (core_clock.now() + timedelta(seconds=1)).isoformat()
    body = {"username": "worker", "role": "pharmacist", "until_at": until}
    refused = admin.post(f"/institutions/{town.hospital}/posts", body)
    assert refused.json["errors"][0]["pointer"] == "/until_at"


@pytest.mark.case("Z10")
def test_a_post_with_an_end_ends_by_itself(admin: Door, town: Town, clock):
    until = (core_clock.now().replace(microsecond=0)).isoformat()
    body = {"username": "worker", "role": "pharmacist", "until_at": until}
    assert admin.post(f"/institutions/{town.hospital}/posts", body).json["errors"][0]["pointer"] == "/until_at"
    made(admin.post(f"/institutions/{town.hospital}/posts", body | {"until_at": "2026-11-23T10:00:00+08:00"}))
    with transaction("read"):
        assert service.roles_of(town.station_worker.id, core_clock.now()) == {
            town.station: frozenset({"station_worker"}),
            town.hospital: frozenset({"pharmacist"}),
        }
    clock.advance(hours=1)
    with transaction("read"):
        assert service.roles_of(town.station_worker.id, core_clock.now()).keys() == {town.station}


def test_nobody_gives_themselves_a_post(admin: Door, town: Town):
    refused = admin.post(f"/institutions/{town.hospital}/posts", {"username": "admin", "role": "doctor"})
    assert refused.json["type"] == "/problems/not-for-yourself"


@pytest.mark.case("Z2", "Z3")
def test_city_roles_are_not_given_at_an_institution(admin: Door, town: Town):
    for role in ("city_admin", "auditor", "hotline", "owner"):
        body = {"username": "worker", "role": role}
        assert admin.post(f"/institutions/{town.hospital}/posts", body).status_code == 422


def test_an_administrator_rules_one_house(admin: Door, city: Door, town: Town):
    body = {"username": "far-clerk", "role": "doctor"}
    assert admin.post(f"/institutions/{town.far_station}/posts", body).status_code == 403
    assert admin.get(f"/institutions/{town.far_station}/staff").status_code == 403
    post = made(city.post(f"/institutions/{town.far_station}/posts", body))
    assert admin.delete(f"/posts/{post['id']}").status_code == 404
    assert city.delete(f"/posts/{post['id']}").status_code == 204


def test_others_give_no_posts(client: FlaskClient, town: Town):
    for person in (town.clerk, town.doctor, town.auditor, town.wang):
        door = Door(client, town.headers(person))
        body = {"username": "worker", "role": "clerk"}
        assert door.post(f"/institutions/{town.hospital}/posts", body).status_code == 403


def test_an_unknown_username_is_told(admin: Door, town: Town):
    refused = admin.post(f"/institutions/{town.hospital}/posts", {"username": "nobody", "role": "clerk"})
    assert refused.json["type"] == "/problems/staff-unknown"


def test_the_same_post_is_given_once_even_at_once(app: Flask, admin: Door, town: Town):
    path, body = f"/institutions/{town.hospital}/posts", {"username": "worker", "role": "nurse"}
    answers = at_once(app, [lambda: admin.post(path, body)] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
