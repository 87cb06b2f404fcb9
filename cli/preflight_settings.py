"""What can be told from the settings alone: each rule is a function from settings to findings."""

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from cli.findings import Finding
from config.settings import Settings, variables

Rule = Callable[[Settings], Iterator[Finding]]

FEWEST_CHARACTERS = 10  # different ones, in a secret that was drawn and not typed
OURS = re.compile(r"(CITYLINE|TWILIO)_")
# Reserved for examples: 555-0100 to 555-0199 in every area code.
EXAMPLE_NUMBER = re.compile(r"\+1\d{3}55501\d{2}")
NORTH_AMERICA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
# Variables with our prefix that other programs of ours read.
ALSO_KNOWN = frozenset({"CITYLINE_VOICE_URL", "CITYLINE_STATUS_URL", "CITYLINE_SMS_URL"})


def about_variables(environment: Mapping[str, str]) -> list[Finding]:
    """Name variables that look like ours and are read by nobody: a slip of the pen."""
    known = variables().keys() | ALSO_KNOWN
    stray = sorted(name for name in environment if OURS.match(name) and name not in known)
    return [Finding(name, "is read by nothing; is it misspelt?", "warning") for name in stray]


def about_settings(settings: Settings) -> list[Finding]:
    """Apply every rule, and in production those of production."""
    rules = (*RULES, *(PRODUCTION_RULES if settings.mode == "production" else ()))
    return [finding for rule in rules for finding in rule(settings)]


def numbers_differ(settings: Settings) -> Iterator[Finding]:
    """Refuse a desk phone that is the line itself: calls would go in a circle."""
    if settings.desk_phone == settings.line_number:
        yield Finding("CITYLINE_DESK_PHONE", "is the line's own number: calls would go in a circle")


def numbers_are_north_american(settings: Settings) -> Iterator[Finding]:
    """Refuse foreign and premium numbers, dialled at the city's cost."""
    numbers = {"CITYLINE_NUMBER": settings.line_number, "CITYLINE_DESK_PHONE": settings.desk_phone}
    for key, number in numbers.items():
        if number and not NORTH_AMERICA.fullmatch(number):
            yield Finding(key, "must be a North American number: +1 and ten digits")
        elif number and number[2:5] in {"900", "976"}:
            yield Finding(key, "is a premium-rate number")


def secrets_are_drawn(settings: Settings) -> Iterator[Finding]:
    """Refuse a secret that somebody typed."""
    held = {
        "CITYLINE_SECRET_KEY": settings.secret_key,
        "TWILIO_SHARED_KEY": settings.twilio_shared_key,
    }
    for key, secret in held.items():
        if secret and len(set(secret)) < FEWEST_CHARACTERS:
            yield Finding(key, "repeats few characters: draw it at random")
    if settings.secret_key in {settings.twilio_auth_token, settings.twilio_shared_key}:
        yield Finding("CITYLINE_SECRET_KEY", "must not be a secret that Twilio knows")


def old_secrets_are_old(settings: Settings) -> Iterator[Finding]:
    """Warn where the old one does not differ: the change did not happen."""
    if settings.twilio_auth_token_old == settings.twilio_auth_token:
        yield Finding("TWILIO_AUTH_TOKEN_OLD", "is the present token", "warning")
    if settings.twilio_shared_key and settings.twilio_shared_key_old == settings.twilio_shared_key:
        yield Finding("TWILIO_SHARED_KEY_OLD", "is the present key", "warning")


def roles_differ(settings: Settings) -> Iterator[Finding]:
    """Refuse one role for all: the app's must own no table."""
    severity = "refused" if settings.mode == "production" else "warning"
    if settings.database_owner_url is None:
        what = "is missing: with one role for all, the app could rewrite its journals"
        yield Finding("DATABASE_OWNER_URL", what, severity)
        return
    app, owner = urlsplit(settings.database_url), urlsplit(settings.database_owner_url)
    if app.username == owner.username:
        yield Finding("DATABASE_OWNER_URL", "must be another role than DATABASE_URL's", severity)
    if (app.hostname, app.port, app.path) != (owner.hostname, owner.port, owner.path):
        yield Finding("DATABASE_OWNER_URL", "must be the same database as DATABASE_URL's")


def fallback_is_another_process(settings: Settings) -> Iterator[Finding]:
    """Refuse a fallback in the process that failed: it is none."""
    if settings.fallback_url is None:
        return  # in the demo, `up` chooses its port; in production the next rules ask for it
    fallback, line = urlsplit(settings.fallback_url), urlsplit(settings.public_url)
    if not fallback.path.strip("/"):
        yield Finding("CITYLINE_FALLBACK_URL", "must be the full address, with its path")
    if fallback.netloc == line.netloc and line.hostname in {"127.0.0.1", "localhost"}:
        yield Finding("CITYLINE_FALLBACK_URL", "must be another process than CITYLINE_PUBLIC_URL's")


def cards_are_another_house(settings: Settings) -> Iterator[Finding]:
    """Refuse a processor that is the line itself, and one without its key."""
    if settings.cards_url is None:
        yield Finding("CITYLINE_CARDS_URL", "is missing: no card is taken", "warning")
        return
    ours = {urlsplit(each).netloc for each in (settings.public_url, settings.fallback_url or "")}
    if urlsplit(settings.cards_url).netloc in ours:
        yield Finding("CITYLINE_CARDS_URL", "is the line itself, which holds no cards")
    if settings.cards_key is None:
        yield Finding("CITYLINE_CARDS_KEY", "is missing: the processor will not know us")


def state_folder_is_writable(settings: Settings) -> Iterator[Finding]:
    """Refuse a state folder in which ports, logs and the model could not be kept."""
    folder = next(one for one in (settings.var, *settings.var.parents) if one.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield Finding("CITYLINE_VAR", f"cannot be written: {folder}")


def addresses_are_https(settings: Settings) -> Iterator[Finding]:
    """Refuse plain http: callers' words and payment results pass over these."""
    named = {
        "CITYLINE_PUBLIC_URL": settings.public_url,
        "CITYLINE_FALLBACK_URL": settings.fallback_url,
        "CITYLINE_STREAM_URL": settings.stream_url,
        "TWILIO_API_URL": settings.twilio_api_url,
        "CITYLINE_CARDS_URL": settings.cards_url,
    }
    for key, address in named.items():
        if address and not address.startswith("https://"):
            yield Finding(key, "must be https in production")


def addresses_are_public(settings: Settings) -> Iterator[Finding]:
    """Refuse a private host: Twilio cannot reach it."""
    named = {
        "CITYLINE_PUBLIC_URL": settings.public_url,
        "CITYLINE_FALLBACK_URL": settings.fallback_url,
    }
    for key, address in named.items():
        if address and is_private(urlsplit(address).hostname or ""):
            yield Finding(key, "must be reachable from outside, not a private host")


def is_private(host: str) -> bool:
    """Say whether a host is named or numbered as one of a private network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def numbers_are_real(settings: Settings) -> Iterator[Finding]:
    """Refuse the demo's numbers, which ring nowhere."""
    numbers = {"CITYLINE_NUMBER": settings.line_number, "CITYLINE_DESK_PHONE": settings.desk_phone}
    for key, number in numbers.items():
        if number and EXAMPLE_NUMBER.fullmatch(number):
            yield Finding(key, "is a number reserved for examples")


def there_is_a_fallback(settings: Settings) -> Iterator[Finding]:
    """Refuse to be without: nobody would answer when the line cannot."""
    if settings.fallback_url is None:
        yield Finding("CITYLINE_FALLBACK_URL", "is missing: nobody would answer for a failed line")


def somebody_can_be_rung(settings: Settings) -> Iterator[Finding]:
    """Refuse a missing desk phone: the fallback puts callers through to it."""
    if settings.desk_phone is None:
        what = "is missing: when the line fails, callers could be put through to nobody"
        yield Finding("CITYLINE_DESK_PHONE", what)


def token_is_twilios(settings: Settings) -> Iterator[Finding]:
    """Refuse what is no token: every call would fail its signature check."""
    if not re.fullmatch(r"[0-9a-f]{32}", settings.twilio_auth_token):
        yield Finding("TWILIO_AUTH_TOKEN", "must be 32 hexadecimal digits")


RULES: tuple[Rule, ...] = (
    numbers_differ,
    numbers_are_north_american,
    secrets_are_drawn,
    old_secrets_are_old,
    roles_differ,
    fallback_is_another_process,
    cards_are_another_house,
    state_folder_is_writable,
)
PRODUCTION_RULES: tuple[Rule, ...] = (
    addresses_are_https,
    addresses_are_public,
    numbers_are_real,
    there_is_a_fallback,
    somebody_can_be_rung,
    token_is_twilios,
)
