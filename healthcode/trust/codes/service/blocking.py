"""Blocks on lost or stolen codes: two people, a reason, shown to the resident, open to appeal."""

from collections.abc import Sequence

from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound, WrongState
from healthcode.registry.residents import service as residents
from healthcode.trust.codes import problems
from healthcode.trust.codes.models import CodeBlock
from healthcode.trust.codes.service.revoking import revoke_all_of


def propose_block(caller: Caller, *, resident_id: str, reason: str) -> CodeBlock:
    """The first of two people says that a code was lost or stolen. Nothing is stopped yet."""
    residents.hold(caller, resident_id)
    trail.note(resident_id=resident_id, purpose="block")
    block = CodeBlock(
        id=ids.new(),
        resident_id=resident_id,
        reason=reason,
        state="proposed",
        proposed_by=caller.id,
        proposed_at=clock.now(),
    )
    session().add(block)
    session().flush()  # the answer shows the row
    return block


def blocks_of(caller: Caller, *, resident_id: str) -> Sequence[CodeBlock]:
    """Every block there is or was on this resident's codes, newest first."""
    trail.note(resident_id=resident_id, purpose="block")
    return (
        session()
        .scalars(
            CodeBlock.visible_to(caller)
            .where(CodeBlock.resident_id.in_(residents.ids_of_person(resident_id)))
            .order_by(CodeBlock.id.desc())
            .limit(50)
        )
        .all()
    )


def confirm_block(caller: Caller, *, block_id: str) -> CodeBlock:
    """The second person confirms; every code of the resident is stopped. Raises ConfirmedByTheSame, WrongState."""
    block = _find(caller, block_id)
    if block.state != "proposed":
        raise WrongState(state=block.state)
    if block.proposed_by == caller.id:
        raise problems.ConfirmedByTheSame()
    block.state, block.confirmed_by, block.confirmed_at = "in-force", caller.id, clock.now()
    session().flush()  # before the person is held: whoever issues next finds it
    revoke_all_of(block.resident_id, reason="blocked")
    announce("code.blocked", resident_id=block.resident_id, block_id=block.id, reason=block.reason)
    return block


def lift_block(caller: Caller, *, block_id: str) -> CodeBlock:
    """A desk lifts the block; new codes can be issued. What was stopped stays stopped."""
    block = _find(caller, block_id)
    if block.state == "lifted":
        raise WrongState(state=block.state)
    block.state, block.lifted_by, block.lifted_at = "lifted", caller.id, clock.now()
    announce("code.unblocked", resident_id=block.resident_id, block_id=block.id)
    return block


def appeal_block(caller: Caller, *, block_id: str, text: str) -> CodeBlock:
    """The resident says why the block is wrong; a desk sees it. Raises WrongState when there is nothing to appeal."""
    block = _find(caller, block_id)
    if block.state == "lifted":
        raise WrongState(state=block.state)
    block.appeal, block.appealed_at = text, clock.now()
    announce("code.block-appealed", resident_id=block.resident_id, block_id=block.id)
    return block


def _find(caller: Caller, block_id: str) -> CodeBlock:
    block = session().scalars(locked(CodeBlock.visible_to(caller).where(CodeBlock.id == block_id))).first()
    if block is None:
        raise NotFound()
    trail.note(resident_id=block.resident_id, subject_id=block.id, purpose="block")
    return block
