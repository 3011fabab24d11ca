"""The gate: unknown words do not open, rights end with what gave them, and one person's records are one person's."""

import pytest

from healthcode.core import ids
from healthcode.core.access import BreakGlass, Device, SignedIn, WithConsent, Word
from healthcode.core.caller import ANONYMOUS, Caller
from healthcode.core.db import session, transaction
from healthcode.core.problems import NotAllowed, NotSignedIn
from healthcode.registry.institutions.models import Post
from healthcode.registry.residents.models import Resident
from healthcode.trust import gate
from healthcode.trust.codes.models import IssuedCode
from healthcode.trust.grounds import service as grounds


def test_a_word_the_gate_does_not_know_opens_nothing():
    class Whoever(Word):
        pass

    with pytest.raises(TypeError, match="does not know"):
        gate.judge(Whoever(), Caller(kind="staff", roles=frozenset({"doctor"})), None)


@pytest.mark.parametrize("word", [WithConsent("reports:read"), BreakGlass("reports:read")])
def test_words_whose_rooms_are_not_built_open_to_nobody(word):
    with pytest.raises(NotAllowed):
        gate.judge(word, Caller(kind="staff", id=ids.new(), roles=frozenset({"doctor"})), None)
    with pytest.raises(NotSignedIn):
        gate.judge(word, ANONYMOUS, None)


def test_joined_words_open_if_one_does_and_refuse_gently():
    known = Caller(kind="device", id=ids.new(), institution_id=ids.new(), roles=frozenset({"station"}))
    assert gate.judge(Device("station") | SignedIn(), known, None).ground == "Device(station)"
    with pytest.raises(NotSignedIn):
        gate.judge(Device("station") | SignedIn(), ANONYMOUS, None)


@pytest.mark.case("Z10")
def test_a_right_ends_at_the_moment_the_post_does(client, town, clock):
    town.visit(client, town.wang, town.hospital_scanner)
    path = f"/api/v1/residents/{town.wang.id}"
    assert client.get(path, headers=town.headers(town.doctor)).status_code == 200
    with transaction() as current:
        for post in current.query(Post).where(Post.staff_id == town.doctor.id):
            post.until_at = clock.now()
    assert client.get(path, headers=town.headers(town.doctor)).status_code == 401


@pytest.mark.case("Z11", "Z13")
def test_a_visit_opens_the_record_here_and_for_its_time(client, town, clock):
    path = f"/api/v1/residents/{town.wang.id}"
    assert client.get(path, headers=town.headers(town.clerk)).status_code == 404
    town.visit(client, town.wang, town.hospital_scanner)
    assert client.get(path, headers=town.headers(town.clerk)).status_code == 200
    assert client.get(path, headers=town.headers(town.far_clerk)).status_code == 404
    clock.advance(hours=4)
    town._headers.clear()
    assert client.get(path, headers=town.headers(town.clerk)).status_code == 404


@pytest.mark.case("N6")
def test_a_merged_record_is_in_the_sight_of_the_person_it_belongs_to(client, town):
    phone = town.phone(town.wang)
    phone.fetch(client)
    with transaction() as current:
        for resident in current.query(Resident).where(Resident.id == town.wang.id):
            resident.merged_into_id = town.stranger.id
    with transaction("read"):
        caller = Caller(sight=grounds.sight_of_resident(town.stranger.id, "codes:show"))
        assert [code.id for code in session().scalars(IssuedCode.visible_to(caller))] == [phone.pass_id]
        other = Caller(sight=grounds.sight_of_resident(town.son.id, "codes:show"))
        assert session().scalars(IssuedCode.visible_to(other)).all() == []
