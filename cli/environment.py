"""The environment that commands and processes get: what was given, completed for the demo.

With nothing configured, the demo draws an account, a token and a key once, keeps them in
`demo.env` of the state folder, and points at servers of its own. Production gets what was given.
"""

import os
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.settings import Settings, given, read_settings
from db.embedded import ports
from db.embedded.passwords import write_secret
from db.embedded.servers import Addresses, serving

ROOT = Path(__file__).resolve().parent.parent
WEB_PORT = 8311
PHONE_PORT = 8312
CARDS_PORT = 8314
LINE_NUMBER = "+18015550199"
DESK_PHONE = "+18015550100"
FALLBACK_PATH = "/webhooks/twilio/fallback"


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this line's state; made by whoever writes first."""
    named = environment.get("CITYLINE_VAR", "").strip()
    return Path(named).absolute() if named else ROOT / "var"


def is_production(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether this is no demo: nothing is made up then."""
    return environment.get("CITYLINE_MODE", "").strip() == "production"


def has_twilio(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether a Twilio account was given, wholly or in part; then the stand-in stays off."""
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    return is_production(environment) or any(environment.get(name, "").strip() for name in names)


def needs_servers(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether PostgreSQL or Valkey of our own must run."""
    if is_production(environment):
        return False
    return not all(environment.get(name, "").strip() for name in ("DATABASE_URL", "REDIS_URL"))


def drawn_values(var: Path) -> dict[str, str]:
    """Read the demo's secrets; draw those that are not there yet."""
    path = var / "demo.env"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    known = dict(line.split("=", 1) for line in lines if "=" in line)
    drawn = {
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "CITYLINE_SECRET_KEY": secrets.token_hex(32),
        "CITYLINE_CARDS_KEY": secrets.token_hex(32),
    } | known
    if drawn != known:
        var.mkdir(parents=True, exist_ok=True)
        write_secret(path, "".join(f"{name}={value}\n" for name, value in drawn.items()))
    return drawn


def demo_values(var: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the demo makes up, on the ports that were chosen; nothing in production."""
    if is_production(environment):
        return {}
    known = ports.remembered(var)
    here = f"http://{ports.HOST}"
    made = {"CITYLINE_PUBLIC_URL": f"{here}:{known.get('web', WEB_PORT)}"}
    if "fallback" in known:
        made["CITYLINE_FALLBACK_URL"] = f"{here}:{known['fallback']}{FALLBACK_PATH}"
    if "stream" in known:
        made["CITYLINE_STREAM_URL"] = f"{here}:{known['stream']}"
    drawn = drawn_values(var)
    made["CITYLINE_SECRET_KEY"] = drawn["CITYLINE_SECRET_KEY"]
    if has_twilio(environment):
        return made
    return {
        **made,
        **drawn,
        "CITYLINE_CARDS_URL": f"{here}:{known.get('cards', CARDS_PORT)}",
        "TWILIO_API_URL": f"{here}:{known.get('devphone', PHONE_PORT)}",
        "CITYLINE_NUMBER": LINE_NUMBER,
        "CITYLINE_DESK_PHONE": DESK_PHONE,
    }


def server_values(addresses: Addresses) -> dict[str, str]:
    """Return the addresses of our own servers by variable."""
    return {
        "DATABASE_URL": addresses.database_url,
        "DATABASE_OWNER_URL": addresses.database_owner_url,
        "REDIS_URL": addresses.redis_url,
    }


def completed(
    environment: Mapping[str, str], var: Path, addresses: Addresses | None
) -> dict[str, str]:
    """Return the whole environment of a process: given values win over made-up ones."""
    made = demo_values(var, environment) | (server_values(addresses) if addresses else {})
    made |= given(environment)
    if "DATABASE_URL" in given(environment) and "DATABASE_OWNER_URL" not in given(environment):
        made.pop("DATABASE_OWNER_URL", None)  # never another server's owner
    return {**environment, **made, "CITYLINE_VAR": str(var)}


@contextmanager
def line(who: str, environment: Mapping[str, str] = os.environ) -> Generator[Settings]:
    """Give complete settings, with the servers they name answering: borrowed or started.

    This is how a command gets its settings: `with line("seed") as settings:`.
    """
    with line_environment(who, environment, state_folder(environment)) as complete:
        yield read_settings(complete)


@contextmanager
def line_environment(
    who: str, environment: Mapping[str, str], var: Path
) -> Generator[dict[str, str]]:
    """Give a whole environment, with the servers it names answering: borrowed or started."""
    if not needs_servers(environment):
        yield completed(environment, var, None)
        return
    with serving(var, who) as addresses:
        yield completed(environment, var, addresses)
