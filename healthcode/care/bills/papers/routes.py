"""The doors of papers."""

from flask import request

from healthcode.care.bills.papers.itemised import draw, itemised
from healthcode.care.bills.payments.routes import READERS
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import WrongState, tongue

room = Room("bill_papers", __name__, prefix="/api/v1", about="Bills on paper.")


@room.get(
    "/bills/<id:bill_id>/itemised-list",
    allow=READERS,
    reply=File("application/pdf"),
    problems=(WrongState,),
    rate="60/minute",  # drawing takes a tenth of a second
)
def itemise(caller: Caller, bill_id: str) -> File:
    """The itemised list of a bill that was issued, as PDF, in the language of the answer."""
    shown = itemised(caller, bill_id=bill_id)
    data = draw(shown, language=tongue(), receipt_at=f"{request.url_root}receipt")
    return File("application/pdf", data, {"Content-Disposition": f'attachment; filename="{shown.bill.number}.pdf"'})
