"""`/contract/v1.json`: the contract as JSON Schema. Public: it holds no data."""

from functools import cache
from typing import Any

from litestar import get

from eduscope.contract import json_schema, on_change


@cache
def _schema() -> dict[str, Any]:
    return json_schema()


on_change(_schema.cache_clear)


@get("/contract/v1.json", summary="The contract", tags=["contract"], cache_control=None)
async def read_contract() -> dict[str, Any]:
    """JSON Schema (2020-12) of every record EduScope keeps, with the class of each field."""
    return _schema()
