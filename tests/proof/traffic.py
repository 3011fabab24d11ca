"""A city's ordinary day under load: phones fetch passes and show them, scanners read and are enrolled, nobody gives up."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from healthcode.core import clock, p256
from healthcode.core.caller import by_itself
from healthcode.core.db import transaction
from healthcode.registry.devices import service as devices
from healthcode.trust.codes.hp1 import windows
from healthcode.trust.codes.service.issuing import MOST_ALIVE
from tests.proof.city import City, Client, Pocket, new_deed, pass_request, signed
from tests.support.phones import Phone, Scanner, fresh_key
from tests.support.servers import Answer

CLIENTS = 8
ENROLS_EVERY = 20  # showings, so that enrolments meet the faults too
RESIDENTS_EACH = 10  # one client is so many residents, one after the other
ENROLLED = 200  # at most in one block


@contextlib.contextmanager
def traffic(city: City, clients: int = CLIENTS) -> Iterator[None]:
    """Runs beside the block. What clients were told is in `city.told`; a client that was never answered fails here."""
    stop = threading.Event()
    scanners, invited = city.scanners(clients), _enrolment_codes(city)
    pockets = city.pockets(clients * RESIDENTS_EACH)
    city.told.ended.clear()
    with ThreadPoolExecutor(clients, thread_name_prefix="client") as threads:
        days = [
            threads.submit(_day, city, stop, scanner, pockets[number::clients], invited)
            for number, scanner in enumerate(scanners)
        ]
        for day in days:
            day.add_done_callback(city.told.ended.append)
        try:
            yield
        finally:
            stop.set()
    for day in days:
        day.result()


def _enrolment_codes(city: City) -> list[str]:
    """Made before anything goes wrong: the faults are for the service, not for the test's own connection."""
    with transaction():
        names = [f"扫码器 {number}" for number in range(ENROLLED)]
        invited = devices.invite(by_itself("proof"), kind="station", names=names, institution_id=city.town.station)
    return [one.enrolment_code for one in invited]


def _day(city: City, stop: threading.Event, scanner: Scanner, pockets: list[Pocket], invited: list[str]) -> None:
    client, pocket = Client(city.served, city.told), pockets.pop()
    for turn in count():
        if stop.is_set():
            return
        if pocket.needs_pass():
            if pocket.issued == MOST_ALIVE:
                pocket = pockets.pop()  # nobody has more codes at once: the next resident comes
            _fetch(city, client, pocket)
        _show(city, client, scanner, pocket)
        if turn % ENROLS_EVERY == 0 and invited:
            _enrol(city, client, invited.pop())


def _fetch(city: City, client: Client, pocket: Pocket) -> None:
    phone, deed = Phone(dict(pocket.headers), pocket.resident_id), new_deed()
    path = f"/api/v1/residents/{pocket.resident_id}/passes"
    answer, _ = client.insist(path, pass_request(phone), {**pocket.headers, **deed})
    expect(answer, 201)
    with city.told.lock:
        city.told.passes[deed["Idempotency-Key"]].add(answer.body["passes"][0]["pass_id"])
    pocket.take(phone, answer.body["passes"][0])


def _show(city: City, client: Client, scanner: Scanner, pocket: Pocket) -> None:
    """The same desk asks about the same showing until it is told: it must be the same verification every time.

    A machine that stood still for a minute has made the showing too old; then the phone shows the next one.
    """
    phone, moment = pocket.show()
    wanted = {"code": signed(phone, moment), "step": "check-in"}
    answer, _ = client.insist("/api/v1/verifications", wanted, scanner.headers)
    if answer.status == 409 and answer.body["type"] == "/problems/code-expired":
        assert clock.epoch() > moment + windows.SHOWING_AGE, "a showing was refused that was not too old"
        return
    expect(answer, 201)
    with city.told.lock:
        city.told.verified[phone.pass_id, moment].add(answer.body["id"])


def _enrol(city: City, client: Client, code: str) -> None:
    """An enrolment code opens once. Whose first answer was lost may be refused the second time, and is enrolled then."""
    key = p256.public_jwk(fresh_key().public_key())
    wanted = {"enrolment_code": code, "public_key": key}
    answer, was_lost = client.insist("/api/v1/device-enrolments", wanted)
    with city.told.lock:
        if answer.status == 201:
            city.told.enrolled[key["x"]] = answer.body["device_id"]
        else:
            assert was_lost, (answer.status, answer.data)
            city.told.unsure.add(key["x"])


def expect(answer: Answer, status: int) -> None:
    assert answer.status == status, (answer.status, answer.data)
