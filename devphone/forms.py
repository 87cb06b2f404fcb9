"""The form fields that Twilio sends with every voice webhook (voice/twiml)."""

from collections.abc import Mapping

from devphone.leg import Leg

API_VERSION = "2010-04-01"

# By area code: city, state, ZIP, country. A number elsewhere has blanks, as Twilio's often do.
PLACES = {
    "801": ("PROVO", "UT", "84601", "US"),
    "385": ("OREM", "UT", "84057", "US"),
}
NOWHERE = ("", "", "", "US")


def standard(leg: Leg) -> dict[str, str]:
    """Who calls whom, and how far the call has come."""
    form = {
        "CallSid": leg.sid,
        "AccountSid": leg.carrier.account,
        "From": leg.caller,
        "To": leg.called,
        "Caller": leg.caller,
        "Called": leg.called,
        "Direction": leg.direction,
        "CallStatus": leg.status,
        "ApiVersion": API_VERSION,
    }
    for role, number in {"From": leg.caller, "To": leg.called}.items():
        form |= _place(role, number)
    for role, number in {"Caller": leg.caller, "Called": leg.called}.items():
        form |= _place(role, number)
    if leg.parent is not None:
        form["ParentCallSid"] = leg.parent.sid
    if leg.stir is not None:
        form["StirVerstat"] = leg.stir
    return form


def with_more(leg: Leg, more: Mapping[str, str]) -> dict[str, str]:
    """Return the standard fields and those of one verb's outcome."""
    return standard(leg) | dict(more)


def _place(role: str, number: str) -> dict[str, str]:
    place = PLACES.get(number.removeprefix("+1")[:3], NOWHERE)
    names = ("City", "State", "Zip", "Country")
    return {role + name: value for name, value in zip(names, place, strict=True)}
