"""Ground to measure on: servers of their own in a folder that goes away, migrated, with a model."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import app
from config.settings import Settings, read_settings
from db import migrate
from db.embedded import home
from db.embedded.servers import serving

PUBLIC_URL = "https://line.example.gov"


@dataclass(frozen=True)
class Ground:
    """A complete environment, and the settings read from it."""

    environment: dict[str, str]
    settings: Settings


@contextmanager
def ground(public_url: str = PUBLIC_URL, *, safe: bool = True) -> Generator[Ground]:
    """Give an empty, migrated line; `safe` False trades power-cut safety for speed."""
    var = Path(tempfile.mkdtemp(prefix="cityline-bench-"))
    var.chmod(0o711)  # PostgreSQL's user passes through it when we are root
    (app.ROOT / "var" / "nlp").mkdir(parents=True, exist_ok=True)
    (var / "nlp").symlink_to(app.ROOT / "var" / "nlp")
    extra = () if safe else ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
    try:
        with serving(var, "a benchmark", extra) as addresses:
            owner, mine = addresses.database_owner_url, addresses.database_url
            migrate.upgrade(owner, urlsplit(mine).username or "")
            environment = {
                "CITYLINE_VAR": str(var),
                "CITYLINE_PUBLIC_URL": public_url,
                "CITYLINE_NUMBER": "+18015550199",
                "CITYLINE_DESK_PHONE": "+18015550100",
                "CITYLINE_SECRET_KEY": "k" * 32,
                "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                "TWILIO_AUTH_TOKEN": "0" * 32,
                "DATABASE_URL": mine,
                "DATABASE_OWNER_URL": owner,
                "REDIS_URL": addresses.redis_url,
            }
            yield Ground(environment, read_settings(environment))
    finally:
        home.forget(var)
