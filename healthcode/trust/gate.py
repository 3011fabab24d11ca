"""The gate: gives the words of `core.access` their meaning. The only judge in the house.

A judgement has two halves: may this caller enter, and whose rows are in sight from there. Both are asked anew for
every request, of data with a period; nothing about a right is remembered. A resident who may not be seen and a
resident who does not exist are the same 404.
"""

from dataclasses import replace
from functools import singledispatch

from healthcode.core.access import (
    AnyOf,
    Anyone,
    BreakGlass,
    Device,
    OnBehalf,
    SignedIn,
    Staff,
    System,
    WithConsent,
    Word,
)
from healthcode.core.caller import EVERYBODY, NOBODY, Caller
from healthcode.core.problems import NotAllowed, NotFound, NotSignedIn, Problem
from healthcode.trust.grounds import service as grounds

# City posts that look after everybody's records; each of their steps is on the trail of the resident it concerns.
CITY_DESKS = frozenset({"hotline", "city_admin", "auditor"})
# A desk registers people it has never seen: it finds them by a whole document number, never by browsing.
_SEVERITY = (NotFound, NotAllowed, NotSignedIn)


def judge(word: Word, caller: Caller, resident_id: str | None) -> Caller:
    """The caller with its sight and ground, if the word opens. Raises NotSignedIn, NotAllowed or NotFound.

    `resident_id` is the resident whom the address names, if it names one.
    """
    return open_to(word, caller, resident_id)


@singledispatch
def open_to(word: Word, caller: Caller, resident_id: str | None) -> Caller:
    raise TypeError(f"the gate does not know the word {word!r}")


@open_to.register
def _(word: AnyOf, caller: Caller, resident_id: str | None) -> Caller:
    refusals: list[Problem] = []
    for single in word.words:
        try:
            return open_to(single, caller, resident_id)
        except (NotSignedIn, NotAllowed, NotFound) as refusal:
            refusals.append(refusal)
    raise min(refusals, key=lambda refusal: _SEVERITY.index(type(refusal)))


@open_to.register
def _(word: Anyone, caller: Caller, resident_id: str | None) -> Caller:
    return replace(caller, sight=NOBODY, ground=str(word))


@open_to.register
def _(word: SignedIn, caller: Caller, resident_id: str | None) -> Caller:
    _must_be_known(caller)
    sight = grounds.only_own(caller.id) if caller.kind == "resident" and caller.id else NOBODY
    return replace(caller, sight=sight, ground=str(word))


@open_to.register
def _(word: OnBehalf, caller: Caller, resident_id: str | None) -> Caller:
    _must_be_known(caller)
    if caller.kind != "resident":
        raise NotAllowed()
    if caller.id is None:  # signed in with a phone that belongs to nobody yet
        raise NotFound() if resident_id else NotAllowed()
    ground = str(word)
    if resident_id is not None and resident_id != caller.id:
        held = grounds.holding("resident", caller.id, resident_id, [word.scope])
        if held is None:
            raise NotFound()
        ground = f"{word} by {held}"
    return replace(caller, sight=grounds.sight_of_resident(caller.id, word.scope), ground=ground)


@open_to.register
def _(word: Staff, caller: Caller, resident_id: str | None) -> Caller:
    _must_be_known(caller)
    held = caller.roles & set(word.roles)
    if caller.kind != "staff" or not held:
        raise NotAllowed()
    entered = Staff(*sorted(held))  # the trail says which of the door's posts it was
    if held & CITY_DESKS:
        return replace(caller, sight=EVERYBODY, ground=str(entered))
    return _at_work(entered, caller, resident_id)


@open_to.register
def _(word: Device, caller: Caller, resident_id: str | None) -> Caller:
    return _machine(word, word.kinds, "device", caller, resident_id)


@open_to.register
def _(word: System, caller: Caller, resident_id: str | None) -> Caller:
    return _machine(word, word.kinds, "system", caller, resident_id)


@open_to.register(WithConsent)
@open_to.register(BreakGlass)
def _(word: Word, caller: Caller, resident_id: str | None) -> Caller:
    # The rooms that write these grounds stand on this floor and are not built yet: until then nobody holds one.
    _must_be_known(caller)
    raise NotAllowed()


def _machine(word: Word, kinds: tuple[str, ...], kind: str, caller: Caller, resident_id: str | None) -> Caller:
    _must_be_known(caller)
    if caller.kind != kind or (kinds and not (caller.roles & set(kinds))):
        raise NotAllowed()
    return _at_work(word, caller, resident_id)


def _at_work(word: Word, caller: Caller, resident_id: str | None) -> Caller:
    """Somebody or something at an institution sees the residents who opened a visit to that institution."""
    if caller.institution_id is None:
        raise NotAllowed()
    ground = str(word)
    if resident_id is not None:
        held = grounds.holding("institution", caller.institution_id, resident_id, [grounds.VISIT])
        if held is None:
            raise NotFound()
        ground = f"{word} by {held}"
    return replace(caller, sight=grounds.sight_of_institution(caller.institution_id, [grounds.VISIT]), ground=ground)


def _must_be_known(caller: Caller) -> None:
    if not caller.is_known:
        raise NotSignedIn()
