"""A call as lines that a person reads; the Caller of tests and the terminal print the same."""


def line_of(kind: str, text: str, language: str | None) -> str:
    """One event as a line; "" for what nobody on the phone notices (webhooks, states)."""
    told = {
        "said": f"line ({language}): {text}",
        "played": f"line plays {text}",
        "pressed": f"caller presses {text}",
        "spoke": f'caller: "{text}"',
        "silence": "caller stays silent",
        "put through": f"put through to {text}",
        "joined": f"in conference {text}",
        "queued": f"in line for {text}",
        "hung up": f"the call is over ({text})",
        "error": f"error: {text}",
    }
    return told.get(kind, "")
