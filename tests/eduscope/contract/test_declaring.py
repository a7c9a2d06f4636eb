"""Fields declared while a program runs."""

from collections.abc import Iterator

import pytest

from eduscope import contract
from eduscope.contract import DeclarationError, FieldClass
from eduscope.privacy import policy


@pytest.fixture(autouse=True)
def only_what_ships() -> Iterator[None]:
    """Leaves nothing declared behind."""
    yield
    for field in contract.declared_here():
        contract.withdraw(field.name)


def test_a_declared_field_is_kept_as_its_class_says() -> None:
    assert policy.apply(contract.attribute("course.colour"), "red").startswith("und_")
    contract.declare("course.colour", "label", "The colour of a course's tile.")
    assert policy.apply(contract.attribute("course.colour"), "red") == "red"
    assert contract.withdraw("course.colour")
    assert policy.apply(contract.attribute("course.colour"), "red").startswith("und_")


def test_the_schema_has_it() -> None:
    contract.declare("course.colour", FieldClass.LABEL)
    properties = contract.json_schema()["$defs"]["LogRecord"]["properties"]
    assert properties["course.colour"]["x-eduscope-class"] == "label"


def test_listeners_hear_of_changes_only() -> None:
    heard = []
    contract.on_change(lambda: heard.append(len(contract.declared_here())))
    contract.declare("course.colour", "label")
    contract.declare("course.colour", "label")
    contract.declare("course.colour", "identifier")
    contract.withdraw("course.colour")
    assert not contract.withdraw("course.colour")
    assert heard == [1, 1, 0]


@pytest.mark.parametrize("name", ["", "Course", "course..colour", "course colour", "1st", "x" * 200])
def test_a_name_of_the_wrong_shape_is_refused(name: str) -> None:
    with pytest.raises(DeclarationError, match="no name for a field"):
        contract.declare(name, "label")


@pytest.mark.parametrize("name", ["http.route", "user_id", "span_id"])
def test_what_the_contract_declares_stays(name: str) -> None:
    with pytest.raises(DeclarationError, match="declared by the contract itself"):
        contract.declare(name, "label")
    assert not contract.withdraw(name)


def test_an_unknown_class_is_refused_with_those_there_are() -> None:
    with pytest.raises(DeclarationError, match="expected one of identifier, token, label"):
        contract.declare("course.colour", "colour")
