"""The declarative base every table stands on: keyword-only dataclasses, aware times, JSONB."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

type_map: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    str: Text(),
    int: BigInteger(),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
}


class Base(MappedAsDataclass, DeclarativeBase):
    """A row is a dataclass, so that a default holds before the flush as well as after it."""

    type_annotation_map: ClassVar[dict[Any, Any]] = type_map
