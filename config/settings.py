"""What the process is told from outside: read once from the environment, frozen, checked by name.

This is the only reader of the environment. Every variable is a field below with its meaning;
`./cityline settings` prints them. A plain pydantic model and not pydantic-settings: that takes
half a second to import, and the fallback process, which must be up before all else, reads this.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

SHORTEST_SECRET = 32

Mode = Literal["demo", "production"]
LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(SystemExit):
    """A setting is missing or malformed. Uncaught, it ends the process with its plain sentences."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One setting that cannot be used: the variable's name, and what is wrong with it."""

    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.key} {self.what}."


def _written_as(pattern: str, words: str, value: str) -> str:
    if not re.fullmatch(pattern, value, re.ASCII):
        raise ValueError(f"must be {words}")
    return value


def _web_address(value: str) -> str:
    address = value.rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address, such as https://line.example.gov")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("must be an address without sign-in, query or fragment")
    return address


def _server_address(schemes: tuple[str, ...], value: str) -> str:
    if urlsplit(value).scheme not in schemes:
        raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return value


def _port_readable(value: str) -> str:
    try:
        _ = urlsplit(value).port
    except ValueError:
        raise ValueError("must have a port between 0 and 65535") from None
    return value


def _long_enough(value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise ValueError(f"must be at least {SHORTEST_SECRET} characters long")
    return value


def _written(pattern: str, words: str) -> AfterValidator:
    return AfterValidator(partial(_written_as, pattern, words))


def _server(*schemes: str) -> AfterValidator:
    return AfterValidator(partial(_server_address, schemes))


_PORT = AfterValidator(_port_readable)
Phone = Annotated[str, _written(r"\+[1-9]\d{7,14}", "a number in E.164, such as +18015550199")]
AccountSid = Annotated[str, _written(r"AC[0-9a-f]{32}", "AC and 32 hexadecimal digits")]
Address = Annotated[str, _PORT, AfterValidator(_web_address)]
PostgresUrl = Annotated[str, _PORT, _server("postgresql", "postgres", "postgresql+psycopg")]
RedisUrl = Annotated[str, _PORT, _server("redis", "rediss")]
LongSecret = Annotated[str, AfterValidator(_long_enough)]


class Settings(BaseModel):
    """All settings. Secrets, and addresses that carry one, are kept out of the repr."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, hide_input_in_errors=True)

    mode: Mode = Field(
        "demo",
        validation_alias="CITYLINE_MODE",
        description="demo or production; never guessed from credentials",
    )
    var: Path = Field(
        Path("var"),
        validation_alias="CITYLINE_VAR",
        description="folder of this line's state: data of embedded servers, ports, logs",
    )
    public_url: Address = Field(
        validation_alias="CITYLINE_PUBLIC_URL",
        description="where Twilio reaches the line; its signatures are checked against it",
    )
    fallback_url: Address | None = Field(
        None,
        validation_alias="CITYLINE_FALLBACK_URL",
        description="full address of the fallback, which is another process than the line",
    )
    stream_url: Address | None = Field(
        None,
        validation_alias="CITYLINE_STREAM_URL",
        description="where browsers reach the desk's live updates, a process of their own",
    )
    cards_url: Address | None = Field(
        None,
        validation_alias="CITYLINE_CARDS_URL",
        description="the card processor; without one no card or bank draft is asked about",
    )
    cards_key: LongSecret | None = Field(
        None,
        validation_alias="CITYLINE_CARDS_KEY",
        repr=False,
        description="the key that the card processor knows us by",
    )
    database_url: PostgresUrl = Field(
        validation_alias="DATABASE_URL",
        repr=False,
        description="PostgreSQL as the app's role, which owns no table",
    )
    database_owner_url: PostgresUrl | None = Field(
        None,
        validation_alias="DATABASE_OWNER_URL",
        repr=False,
        description="PostgreSQL as the owner's role, for migrations",
    )
    redis_url: RedisUrl = Field(
        validation_alias="REDIS_URL",
        repr=False,
        description="Redis or Valkey, the doorbell of jobs; nothing in it is the only copy",
    )
    twilio_account_sid: AccountSid = Field(
        validation_alias="TWILIO_ACCOUNT_SID",
        description="the Twilio account's SID",
    )
    twilio_auth_token: LongSecret = Field(
        validation_alias="TWILIO_AUTH_TOKEN",
        repr=False,
        description="the Twilio account's auth token: signs webhooks, opens its REST",
    )
    twilio_auth_token_old: LongSecret | None = Field(
        None,
        validation_alias="TWILIO_AUTH_TOKEN_OLD",
        repr=False,
        description="the auth token before a change, still accepted on webhooks",
    )
    twilio_shared_key: LongSecret | None = Field(
        None,
        validation_alias="TWILIO_SHARED_KEY",
        repr=False,
        description="Twilio's SharedKey, where webhooks are signed with SHA-256",
    )
    twilio_shared_key_old: LongSecret | None = Field(
        None,
        validation_alias="TWILIO_SHARED_KEY_OLD",
        repr=False,
        description="the SharedKey before a change, still accepted on webhooks",
    )
    twilio_api_url: Address = Field(
        "https://api.twilio.com",
        validation_alias="TWILIO_API_URL",
        description="where Twilio's REST is; the stand-in's address in the demo",
    )
    line_number: Phone = Field(
        validation_alias="CITYLINE_NUMBER",
        description="the city line's number, E.164",
    )
    desk_phone: Phone | None = Field(
        None,
        validation_alias="CITYLINE_DESK_PHONE",
        description="the phone that rings for a representative, E.164; never the line's own",
    )
    secret_key: LongSecret = Field(
        validation_alias="CITYLINE_SECRET_KEY",
        repr=False,
        description="signs the desk's sessions and the line's turn tokens",
    )
    log_level: LogLevel = Field(
        "info",
        validation_alias="CITYLINE_LOG_LEVEL",
        description="debug, info, warning or error",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=3,
        validation_alias="CITYLINE_TRUSTED_PROXIES",
        description="how many proxies of ours stand before the desk; for limits by address only",
    )
    chromium: Path | None = Field(
        None,
        validation_alias="CITYLINE_CHROMIUM",
        description="the Chromium that browser tests drive; else the usual names are tried",
    )


def variables() -> dict[str, FieldInfo]:
    """Return every variable of the environment that is ours, with its field."""
    return {str(field.validation_alias): field for field in Settings.model_fields.values()}


def given(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment says about us. An empty variable is one that is not set."""
    values = {variable: environment.get(variable, "").strip() for variable in variables()}
    return {variable: value for variable, value in values.items() if value}


def faults_in(environment: Mapping[str, str]) -> list[Fault]:
    """Return every setting that is missing or malformed, in the order of the fields."""
    try:
        _ = Settings.model_validate(given(environment))
    except ValidationError as error:
        return [_fault(details) for details in error.errors(include_url=False)]
    return []


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings, or stop the start with a sentence for each that is missing or wrong.

    Raises:
        SettingsError: naming each variable; no value is ever shown.

    """
    faults = faults_in(environment)
    if faults:
        raise SettingsError("\n".join(f"cityline: {fault}" for fault in faults))
    return Settings.model_validate(given(environment))


def _fault(details: ErrorDetails) -> Fault:
    variable = str(details["loc"][0])
    if details["type"] == "missing":
        return Fault(variable, f"is missing ({variables()[variable].description})")
    words = details["msg"].removeprefix("Value error, ")
    return Fault(variable, words.replace("Input should be", "must be"))
