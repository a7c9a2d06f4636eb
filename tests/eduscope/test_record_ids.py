"""Ids that others give us, before they stand on a record."""

import pytest

import eduscope
from eduscope.baggage import inbound
from eduscope.record_ids import is_correlation_id, is_tenant_id
from eduscope.testing import Captured

PERSONAL = (
    "4556992273425353",
    "258-21-2089",
    "178.233.237.192",
    "DE44370400445996024489",
    "sk_live_5ka8kvz7k63tgqqwkqrfhki7",
)
DRAWN = (
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "checkout-12345",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
)


@pytest.mark.parametrize("text", DRAWN)
def test_ids_that_programs_make_stay(text: str) -> None:
    assert is_correlation_id(text)
    assert is_tenant_id(text)


@pytest.mark.parametrize("text", PERSONAL)
def test_a_card_in_the_shape_of_an_id_is_replaced(text: str, seen: Captured) -> None:
    arrived = inbound(text, f"tenant_id={text},request_id={text}")
    assert text not in (arrived.correlation_id, arrived.tenant_id, arrived.request_id)
    with eduscope.bind(correlation_id=text, tenant_id=text, request_id=text):
        eduscope.get_logger().info("quiz opened")
    assert text.encode() not in b"".join(seen.raw)
