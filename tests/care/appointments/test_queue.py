"""The queue of the day: numbers, calls, who is next, and how long it may take."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text, update

from healthcode.care.appointments.models import Appointment
from healthcode.care.appointments.queue import service as queue
from healthcode.care.appointments.queue.models import Queue, Ticket, TicketChange
from healthcode.core import clock as city_clock
from healthcode.core import ids, outbox, tidying
from healthcode.core.caller import Caller
from healthcode.core.db import insert_many, session, transaction
from healthcode.core.outbox import Event
from tests.support import queues
from tests.support.phones import new_deed
from tests.support.town import _resident

A = "/api/v1"


class Hall:
    """One place of the hospital where people wait, and the doors by which its staff and residents ask."""

    def __init__(self, client, town, slot_id: str) -> None:
        self.client, self.town, self.slot_id = client, town, slot_id

    def come(self, *people, **more) -> None:
        for person in people:
            queues.arrived(self.slot_id, person, **more)
            city_clock.advance(seconds=1)

    @property
    def id(self) -> str:
        return self.lines()[0]["id"]

    def lines(self) -> list:
        path = f"{A}/institutions/{self.town.hospital}/queues"
        return self.client.get(path, headers=self.town.headers(self.town.doctor)).json["items"]

    def tickets(self) -> list:
        return self.client.get(f"{A}/queues/{self.id}/tickets", headers=self.town.headers(self.town.clerk)).json[
            "items"
        ]

    def do(self, path: str, by=None, body=None):
        headers = self.town.headers(by or self.town.doctor) | new_deed()
        return self.client.post(f"{A}/{path}", json=body, headers=headers)

    def call(self, by=None):
        return self.do(f"queues/{self.id}/calls", by)

    def act(self, ticket, deed: str, body=None):
        return self.do(f"tickets/{ticket['id']}/{deed}", body=body)

    def of(self, person) -> dict:
        answer = self.client.get(f"{A}/residents/{person.id}/tickets", headers=self.town.headers(person))
        return answer.json["items"][0]

    def order(self) -> list[int]:
        return [one["number"] for one in self.tickets() if one["state"] == "arrived"]


@pytest.fixture
def hall(client, town) -> Hall:
    return Hall(client, town, queues.clinic(town.hospital))


@pytest.fixture
def people(town):
    """Ten more of them."""
    with transaction():
        return [_resident("周自横", "male", date(1970, 1, 1), f"+861380001{n:04}") for n in range(10)]


def kind(answer) -> str:
    return answer.json.get("type", "").rpartition("/")[2] or answer.json["state"]


# A number, and a call


def test_who_is_here_gets_a_number_and_is_called_by_it(hall, town):
    hall.come(town.wang, town.son)
    (line,) = hall.lines()
    assert (line["place"], line["waiting"], line["current"]) == ("内科", 2, [])
    called = hall.call()
    assert (called.status_code, called.json["number"], called.json["display_name"]) == (201, 1, "王*英")
    assert (called.json["state"], called.json["ahead"]) == ("in-progress", None)
    assert (hall.lines()[0]["waiting"], hall.lines()[0]["current"]) == (1, [1])
    assert town.wang.name not in hall.client.get(f"{A}/queues/{hall.id}/tickets", headers=town.headers(town.clerk)).text


def test_when_nobody_waits_it_is_said(hall, town):
    hall.come(town.wang)
    hall.call()
    assert kind(hall.call()) == "nobody-waits"


def test_a_desk_checks_in_who_has_no_phone(hall, town):
    booked = queues.booked(hall.slot_id, town.child)
    here = hall.do(f"appointments/{booked}/arrivals", by=town.clerk)
    assert (here.status_code, here.json["state"], here.json["ticket"]) == (201, "arrived", 1)
    again = hall.do(f"appointments/{booked}/arrivals", by=town.clerk)
    assert (kind(again), again.json["ticket"]) == ("already-checked-in", 1)
    assert hall.do(f"appointments/{booked}/arrivals", by=town.far_clerk).status_code == 404
    assert hall.do(f"appointments/{booked}/arrivals", by=town.doctor).status_code == 403


def test_a_desk_checks_in_on_the_day_alone(hall, town):
    booked = queues.booked(hall.slot_id, town.child)
    with transaction():
        session().execute(update(Appointment).values(day=city_clock.today() + timedelta(days=1)))
    assert kind(hall.do(f"appointments/{booked}/arrivals", by=town.clerk)) == "nothing-booked-today"


def test_places_have_queues_of_their_own(hall, town):
    other = queues.clinic(town.hospital, "外科")
    hall.come(town.wang)
    queues.arrived(other, town.son)
    assert {one["place"]: one["waiting"] for one in hall.lines()} == {"内科": 1, "外科": 1}


def test_two_clinics_of_one_room_count_together(client, town):
    first, second = queues.clinic(town.hospital), queues.clinic(town.hospital)
    queues.arrived(first, town.wang)
    queues.arrived(second, town.son)
    hall = Hall(client, town, first)
    assert hall.order() == [1, 2]
    with transaction("read") as current:
        assert current.scalars(select(Queue.last)).all() == [2]


def test_another_institutions_queue_is_not_there(hall, town):
    hall.come(town.wang)
    ticket = hall.call().json
    for path in (f"queues/{hall.id}/calls", f"tickets/{ticket['id']}/calls", f"tickets/{ticket['id']}/skips"):
        assert hall.do(path, by=town.far_clerk).status_code == 404
    assert hall.client.get(f"{A}/queues/{hall.id}/tickets", headers=town.headers(town.far_clerk)).status_code == 404
    lines = f"{A}/institutions/{town.hospital}/queues"
    assert hall.client.get(lines, headers=town.headers(town.far_clerk)).status_code == 403


# Who is next


def test_urgent_ones_are_called_first(hall, town):
    hall.come(town.wang, town.son)
    hall.come(town.stranger, is_urgent=True)
    assert hall.order() == [3, 1, 2]
    assert (hall.call().json["number"], hall.call().json["number"]) == (3, 1)


def test_staff_let_somebody_go_first_with_a_reason(hall, town):
    hall.come(town.wang, town.son)
    last = hall.tickets()[1]
    refused = hall.act(last, "priorities", {"priority": "urgent"})
    assert [one["pointer"] for one in refused.json["errors"]] == ["/reason"]
    assert hall.act(last, "priorities", {"priority": "urgent", "reason": "胸痛"}).json["ahead"] == 0
    assert hall.order() == [2, 1]
    with transaction("read") as current:
        change = current.scalars(select(TicketChange).where(TicketChange.what == "ranked")).one()
    assert (change.by_id, change.reason, change.priority) == (town.doctor.id, "胸痛", "urgent")


def test_who_was_not_there_comes_back_behind_the_next_two(hall, town, people):
    hall.come(*people[:5])
    absent = hall.call().json
    assert hall.act(absent, "skips").json["state"] == "onleave"
    assert hall.act(absent, "skips").json["state"] == "onleave"  # twice is once
    assert hall.order() == [2, 3, 4, 5]
    assert hall.act(absent, "returns").json["ahead"] == 2
    assert hall.order() == [2, 3, 1, 4, 5]
    assert kind(hall.act(absent, "returns")) == "wrong-state"


def test_who_comes_back_later_does_not_overtake_who_came_back_before(hall, people):
    hall.come(*people[:6])
    first, second = hall.call().json, hall.call().json
    for one in (first, second):
        hall.act(one, "skips")
    hall.act(second, "returns")
    hall.act(first, "returns")
    assert hall.order() == [3, 4, 2, 1, 5, 6]


def test_where_few_wait_who_comes_back_is_last(hall, town):
    hall.come(town.wang, town.son)
    absent = hall.call().json
    hall.act(absent, "skips")
    hall.act(absent, "returns")
    assert hall.order() == [2, 1]


def test_a_call_is_repeated_only_for_who_was_called(hall, town, clock):
    hall.come(town.wang, town.son)
    called = hall.call().json
    clock.advance(seconds=40)
    again = hall.act(called, "calls")
    assert (again.json["number"], again.json["called_at"] > called["called_at"]) == (1, True)
    waiting = hall.tickets()[1]
    for deed in ("calls", "skips", "returns"):
        assert kind(hall.act(waiting, deed)) == "wrong-state"
        assert hall.act(waiting, deed).json["state"] == "arrived"


def test_the_same_press_sent_twice_calls_one_person(hall, town):
    hall.come(town.wang, town.son)
    headers = town.headers(town.doctor) | new_deed()
    first, again = (hall.client.post(f"{A}/queues/{hall.id}/calls", headers=headers) for _ in range(2))
    assert (first.json["number"], again.json["number"], hall.order()) == (1, 1, [2])


# The end of it


def test_the_end_of_the_visit_is_the_end_of_the_ticket(hall, town):
    hall.come(town.wang, town.son)
    called = hall.call().json
    assert hall.do(f"appointments/{called['appointment_id']}/completions").json["state"] == "fulfilled"
    assert hall.of(town.wang)["state"] == "finished"
    waiting = hall.tickets()[0]  # seen without a call
    assert hall.do(f"appointments/{waiting['appointment_id']}/completions").json["state"] == "fulfilled"
    assert hall.tickets() == []


def test_who_was_called_and_not_there_was_not_seen(hall, town):
    hall.come(town.wang)
    called = hall.call().json
    hall.act(called, "skips")
    refused = hall.do(f"appointments/{called['appointment_id']}/completions")
    assert (kind(refused), refused.json["state"]) == ("wrong-state", "onleave")


def test_a_day_that_is_over_lets_everybody_go_and_nobody_missed_anything(hall, town, clock):
    hall.come(town.wang, town.son, town.stranger)
    hall.act(hall.call().json, "skips")
    hall.call()
    clock.freeze(city_clock.start_of(city_clock.today() + timedelta(days=1)))
    tidying.keep_up()
    town._headers.clear()
    with transaction("read") as current:
        states = dict(current.execute(select(Ticket.number, Ticket.state)).tuples().all())
        ends = dict(current.execute(select(Appointment.ticket, Appointment.state)).tuples().all())
    assert states == {1: "cancelled", 2: "finished", 3: "cancelled"}
    assert ends == {1: "cancelled", 2: "fulfilled", 3: "cancelled"}
    assert tidying.keep_up() == 0
    assert hall.lines() == []


def test_whoever_died_is_not_called(hall, town):
    hall.come(town.wang, town.son)
    with transaction():
        outbox.announce("resident.died", resident_id=town.wang.id)
    while outbox.deliver():
        pass
    assert hall.order() == [2]


def test_every_step_leaves_a_row_that_nobody_can_change(hall, town):
    hall.come(town.wang)
    called = hall.call().json
    for deed in ("calls", "skips", "returns"):
        city_clock.advance(seconds=1)
        hall.act(called, deed)
    with transaction("read") as current:
        changes = current.scalars(select(TicketChange).order_by(TicketChange.id)).all()
        events = [e.name for e in current.scalars(select(Event).order_by(Event.id)) if e.name.startswith("ticket.")]
    assert [one.what for one in changes] == ["queued", "called", "recalled", "skipped", "returned"]
    assert {one.by_id for one in changes[1:]} == {town.doctor.id}
    assert events == ["ticket.called", "ticket.called", "ticket.skipped", "ticket.returned"]
    for statement in ("UPDATE ticket_changes SET what = 'x'", "DELETE FROM ticket_changes"):
        with pytest.raises(Exception, match="append-only"), transaction():
            session().execute(text(statement))


@pytest.mark.case("Z18")
def test_a_call_stands_on_the_trail_of_whom_it_was_about(hall, town):
    hall.come(town.wang)
    hall.call()
    told = hall.client.get(f"{A}/residents/{town.wang.id}/accesses", headers=town.headers(town.wang)).json["items"]
    assert "大屏" in str(told)


# How long it may take


def test_before_anybody_is_called_the_clinics_own_plan_counts(client, town, clock):
    hall = Hall(client, town, queues.clinic(town.hospital, capacity=6, starts="10:00"))  # ten minutes each, in an hour
    hall.come(town.wang, town.son)
    ten = city_clock.start_of(city_clock.today()) + timedelta(hours=10)
    assert (hall.of(town.wang)["ahead"], moment(hall.of(town.wang))) == (0, ten)
    assert (hall.of(town.son)["ahead"], moment(hall.of(town.son))) == (1, ten + timedelta(minutes=10))
    clock.freeze(ten + timedelta(minutes=20))
    town._headers.clear()
    assert moment(hall.of(town.wang)) == city_clock.now(), "never in the past"
    clock.advance(minutes=11)
    assert hall.of(town.wang)["expected_at"] is None, "nobody is called: it is not moving"


def moment(ticket):
    return datetime.fromisoformat(ticket["expected_at"])


def test_then_the_days_own_pace(client, town, people, clock):
    hall = Hall(client, town, queues.clinic(town.hospital, capacity=10, starts="08:00"))
    hall.come(*people)
    for minutes in (4, 4, 30, 4, 4):
        hall.call()
        clock.advance(minutes=minutes)
        town._headers.clear()
    last = people[9]  # four are before them
    assert (hall.of(last)["ahead"], moment(hall.of(last))) == (4, city_clock.now() + timedelta(minutes=4 * 4))
    clock.advance(minutes=3)
    assert moment(hall.of(people[5])) == city_clock.now()
    clock.advance(minutes=30)
    town._headers.clear()
    assert hall.of(last)["expected_at"] is None


def test_a_proxy_sees_how_it_moves_and_nobody_else(hall, town):
    hall.come(town.wang)
    path = f"{A}/residents/{town.wang.id}/tickets"
    assert hall.client.get(path, headers=town.headers(town.son)).status_code == 404
    assert "display_name" not in hall.of(town.wang)


# Many at once


def crowd(town, hall, many: int) -> list[str]:
    """So many more in the same queue, past the doors."""
    hall.come(town.wang)
    with transaction():
        row = session().scalars(select(Ticket)).unique().one()
        mine = session().get_one(Appointment, row.appointment_id)
        moment = city_clock.now() + timedelta(seconds=1)
        rows = [
            {"id": ids.new(), "resident_id": town.wang.id, "schedule_id": mine.schedule_id, "day": mine.day,
             "institution_id": mine.institution_id, "slot_id": mine.slot_id, "state": "arrived", "is_overbooked": False,
             "is_urgent": False, "made_by": "staff", "created_at": moment, "changed_at": moment, "ticket": n}
            for n in range(2, many + 1)
        ]  # fmt: skip
        insert_many(Appointment, rows)
        insert_many(
            Ticket,
            [
                {"id": ids.new(), "appointment_id": one["id"], "resident_id": town.wang.id, "queue_id": row.queue_id,
                 "day": mine.day, "number": one["ticket"], "state": "arrived", "rank": 1, "queued_at": moment}
                for one in rows
            ],
        )  # fmt: skip
    return [row.queue_id]


def test_two_who_call_at_once_never_get_the_same_person(app, town, hall):
    """Forty calls by eight at once: forty people."""
    (queue_id,) = crowd(town, hall, 40)
    doctor = Caller(kind="staff", id=town.doctor.id, institution_id=town.hospital)
    together = Barrier(8)

    def call_five(_: int) -> list[int]:
        numbers = []
        together.wait(30)
        for _ in range(5):
            with app.app_context(), transaction():
                numbers.append(queue.call_next(doctor, queue_id=queue_id).ticket.number)
        return numbers

    with ThreadPoolExecutor(8) as doctors:
        called = [number for numbers in doctors.map(call_five, range(8)) for number in numbers]
    assert sorted(called) == list(range(1, 41))


@pytest.mark.parametrize("many", [20, 2000])
def test_a_call_costs_the_same_however_many_wait(town, hall, count_statements, many):
    (queue_id,) = crowd(town, hall, many)
    doctor = Caller(kind="staff", id=town.doctor.id, institution_id=town.hospital)
    with count_statements() as seen, transaction():
        queue.call_next(doctor, queue_id=queue_id)
    assert len(seen) <= 7, seen
    (first,) = [statement for statement in seen if "ORDER BY tickets.rank" in statement]
    assert plan(first, queue_id).count("ix_tickets_order") == 1


def plan(statement: str, queue_id: str) -> str:
    """How the database finds whoever is first: by the index that has them in order, sorting nobody."""
    with transaction() as current:
        is_sqlite = current.get_bind().dialect.name == "sqlite"
        if not is_sqlite:
            current.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = Ticket.first_of(queue_id).compile(current.get_bind(), compile_kwargs={"literal_binds": True})
        asked = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{compiled}"
        told = "\n".join(str(row) for row in current.execute(text(asked)))
    assert "Sort" not in told, told
    assert "TEMP B-TREE" not in told, told
    return told
