"""The states of a report, and the steps between them (FHIR R4, DiagnosticReport.status)."""

STATES = ("registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "entered-in-error")
RELEASED = ("final", "amended", "corrected", "appended")  # what the resident reads

_CHANGED = ("amended", "corrected", "appended", "entered-in-error")
_STEPS: dict[str | None, tuple[str, ...]] = {
    None: ("registered", "partial", "preliminary", "final"),
    "registered": ("registered", "partial", "preliminary", "final", "entered-in-error"),
    "partial": ("partial", "preliminary", "final", "entered-in-error"),
    "preliminary": ("preliminary", "final", "entered-in-error"),
    **dict.fromkeys(RELEASED, _CHANGED),
    "entered-in-error": (),
}


def may_become(state: str | None, wanted: str) -> bool:
    """Whether a report may go on so: what was final never becomes less than final again. None: there is none yet."""
    return wanted in _STEPS[state]
