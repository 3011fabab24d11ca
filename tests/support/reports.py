"""What can be measured, and reports as a hospital's doctor sends them."""

from datetime import timedelta
from typing import Any

from healthcode.care.reports import service
from healthcode.care.reports.models import CriticalValue, ObservationCode
from healthcode.core import clock, ids
from healthcode.core.caller import EVERYBODY, Caller
from healthcode.core.db import session, transaction
from healthcode.trust.grounds import service as grounds
from seeds import observation_codes
from tests.support.town import Person


def stock_codes() -> None:
    """The list of what can be measured, once. Inside a transaction."""
    if not session().query(ObservationCode).count():
        service.load_codes(observation_codes())


def recognised(person: Person, institution_id: str) -> None:
    """As if the person's code had been read there just now. Inside a transaction."""
    grounds.open_ground(
        resident_id=person.id,
        grantee_kind="institution",
        grantee_id=institution_id,
        scopes=[grounds.VISIT],
        source="verification",
        source_id=ids.new(),
        until_at=clock.now() + timedelta(hours=1),
    )


def version(*results: dict[str, Any], state: str = "final", **more: Any) -> dict[str, Any]:
    """A version as it is sent; a potassium of 4.1 if nothing is said."""
    usual = {"state": state, "title": "电解质", "effective_at": clock.now().isoformat()}
    return usual | {"results": list(results) or [potassium("4.1")]} | more


def potassium(value: str, **more: Any) -> dict[str, Any]:
    return {"code": "potassium", "value": value, "unit": "mmol/L"} | more


def reported(person: Person, institution_id: str, *results: service.Result, **more: Any) -> str:
    """A report about this person from this institution; its id. A final potassium of 4.1 if nothing is said."""
    found = list(results) or [service.Result(code="potassium", value="4.1", unit="mmol/L")]
    draft = service.Draft(**{"state": "final", "title": "电解质", "effective_at": clock.now(), "results": found} | more)
    with transaction():
        stock_codes()
        recognised(person, institution_id)
        caller = Caller(kind="staff", institution_id=institution_id, sight=EVERYBODY)
        return service.record(
            caller,
            institution_id=institution_id,
            resident_id=person.id,
            number=ids.new(),
            kind="laboratory",
            draft=draft,
        ).id


def alarmed(person: Person, institution_id: str) -> str:
    """A critical value of this person's that nobody has acted on; its id."""
    report_id = reported(person, institution_id, service.Result(code="potassium", value="6.8", unit="mmol/L"))
    with transaction("read") as current:
        return current.scalars(CriticalValue.of_report([report_id])).one().id
