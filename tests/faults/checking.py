"""What must be true after a fault: compare what callers heard with what the line holds."""

import logging

from db.embedded.process import wait_until
from tests.faults.opened import OpenLine
from tests.faults.residents import Told

HEARD_SECONDS = 5.0
# Of a machine that others use as well: a breath beyond the five seconds is the machine's, not ours.
GRACE_SECONDS = 0.5
TEXT_SECONDS = 60.0


log = logging.getLogger(__name__)


def figures(what: str, stories: list[Told]) -> None:
    """Write down how it went (`--log-cli-level=INFO` shows it)."""
    waits = sorted(wait for story in stories for wait in story.waits)
    log.info(
        "%s: %d calls, %d tickets, %d to a person, %d heard 'one moment'; "
        "wait p50 %.2f p99 %.2f max %.2f s",
        what,
        len(stories),
        sum(bool(story.ticket) for story in stories),
        sum(story.person for story in stories),
        sum("One moment, please." in story.said() for story in stories),
        waits[len(waits) // 2],
        waits[int(len(waits) * 0.99)],
        waits[-1],
    )


def nobody_was_lost(line: OpenLine, stories: list[Told]) -> None:
    """Everybody heard something in time; every ticket told is there, and none twice."""
    assert stories
    refused = [story.transcript() for story in stories if story.refused]
    assert not refused, "\n\n".join(refused)
    slow = [
        story.transcript() for story in stories if max(story.waits) > HEARD_SECONDS + GRACE_SECONDS
    ]
    assert not slow, "\n\n".join(slow)
    for story in stories:
        held = [row[0] for row in tickets_of(line, story)]
        assert held == [story.ticket] if story.ticket else len(held) <= 1, story.transcript()
    assert [(one.url, one.sentences) for one in line.network.violations] == []
    assert line.network.broken == []


def tickets_of(line: OpenLine, story: Told) -> list[tuple[object, ...]]:
    """List the numbers of a call's tickets."""
    return line.rows("SELECT number FROM tickets WHERE call_sid = :sid", sid=story.sid)


def texts_arrive_once(line: OpenLine, stories: list[Told]) -> None:
    """Every text that was promised aloud is sent, exactly once, within a minute."""
    promised = sorted(story.ticket for story in stories if story.texted)
    wait_until(lambda: len(sent(line, promised)) >= len(promised), TEXT_SECONDS)
    assert sent(line, promised) == promised


def sent(line: OpenLine, numbers: list[str]) -> list[str]:
    """List the ticket numbers of these that texts went out for, as often as they did."""
    bodies = [message.body for message in line.network.messages.all]
    return sorted(number for number in numbers for body in bodies if number in body)


def invariants_hold(line: OpenLine) -> None:
    """Check what `./cityline verify` checks; status callbacks may still be on their way."""
    wait_until(lambda: not line.broken(), 5.0)
    assert line.broken() == {}
