"""The agenda's door."""

from healthcode.core.access import Device
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.registry.devices.service import SCANNERS
from healthcode.trust.codes.problems import VerificationEnded
from healthcode.watch.agenda import service
from healthcode.watch.agenda.schemas import AgendaOut
from healthcode.watch.agenda.service import Agenda

room = Room("agenda", __name__, prefix="/api/v1", about="What is due for whoever was read here just now.")


@room.get(
    "/verifications/<id:verification_id>/agenda",
    allow=Device(*SCANNERS),
    reply=AgendaOut,
    problems=(VerificationEnded,),
)
def show(caller: Caller, verification_id: str) -> Agenda:
    """What is due for this resident, here, now."""
    return service.agenda_of(caller, verification_id=verification_id)
