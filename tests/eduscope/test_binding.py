import asyncio
import string

from hypothesis import given
from hypothesis import strategies as st

from eduscope.binding import bind
from eduscope.context import current, is_correlation_id, new_id
from eduscope.privacy import is_token, tokenize


def test_ids_are_bound_inside_and_gone_outside() -> None:
    with bind(tenant_id="t1", correlation_id="abcdefgh"):
        assert (current().tenant_id, current().correlation_id) == ("t1", "abcdefgh")
        with bind(tenant_id="t2"):
            assert (current().tenant_id, current().correlation_id) == ("t2", "abcdefgh")
        assert current().tenant_id == "t1"
    assert (current().tenant_id, current().correlation_id) == ("", "")


def test_a_person_is_bound_as_a_token_and_a_token_stays() -> None:
    with bind(user_id="anna@school.example") as outer:
        assert outer.user_id == tokenize("anna@school.example")
        with bind(user_id=outer.user_id) as inner:
            assert inner.user_id == outer.user_id


def test_work_without_a_correlation_id_gets_one() -> None:
    with bind(tenant_id="t1"):
        assert is_correlation_id(current().correlation_id)


def test_an_odd_tenant_is_never_echoed() -> None:
    with bind(tenant_id='t1","log_level":"error') as bound:
        assert is_token(bound.tenant_id)


def test_numbers_and_uuids_are_ids_too() -> None:
    with bind(tenant_id=7, user_id=42) as bound:
        assert bound.tenant_id == "7"
        assert bound.user_id == tokenize("42")


async def test_each_task_has_its_own_ids() -> None:
    async def work(tenant: str) -> str:
        with bind(tenant_id=tenant):
            await asyncio.sleep(0)
            return current().tenant_id

    assert list(await asyncio.gather(work("a"), work("b"))) == ["a", "b"]


def test_a_generator_closed_elsewhere_does_not_fail() -> None:
    """The context a generator entered may be gone when it is closed; the host must not notice."""
    import contextvars

    def work() -> object:
        with bind(tenant_id="t1"):
            yield

    generator = work()
    contextvars.copy_context().run(next, generator)  # type: ignore[arg-type]
    generator.close()  # type: ignore[attr-defined]


@given(st.one_of(st.text(), st.binary(), st.integers(), st.none()))
def test_no_value_breaks_the_shape_of_an_id(value: object) -> None:
    safe = set(string.ascii_letters + string.digits + "._-:")
    with bind(tenant_id=value, user_id=value, correlation_id=value, request_id=value) as bound:
        assert is_correlation_id(bound.correlation_id)
        for text in (bound.tenant_id, bound.user_id, bound.request_id):
            assert set(text) <= safe


def test_new_ids_are_uuid4_digits() -> None:
    import uuid

    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (4, uuid.RFC_4122)
