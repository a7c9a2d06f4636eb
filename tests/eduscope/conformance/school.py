"""What the applications under test do, whatever they are written with."""

import time
from collections.abc import Iterator

from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

import eduscope
import eduscope.database.sqlalchemy

LOCAL_SECRET = "what-a-local-variable-held"
PERSON = "anna@school.example"
MODEL_VERSION = "2026-11"

log = eduscope.get_logger()
engine = eduscope.database.sqlalchemy.instrument(
    create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
)


def course(course_id: str) -> dict[str, str]:
    """A course, read from the database."""
    log.debug("course looked for")
    with engine.connect() as connection:
        name = connection.execute(
            text("SELECT 'Algebra' AS name WHERE 'x' <> :id"), {"id": course_id}
        ).scalar()
    log.info("course shown")
    return {"course": course_id, "name": str(name)}


def fail(course_id: str) -> None:
    """What goes wrong."""
    held = LOCAL_SECRET  # noqa: F841 - it must not be on the error's line
    raise ValueError(f"no mail for {PERSON}")


def answer_question() -> str:
    """A call of a model."""
    with eduscope.inference(model="tutor", model_version=MODEL_VERSION, input_size=12) as call:
        call.tokens(input=3, output=4)
    return "42"


def parts() -> Iterator[bytes]:
    """An answer that takes its time."""
    for _ in range(3):
        time.sleep(0.02)
        yield b"12345"


def log_person() -> None:
    """What nobody should do."""
    log.info(f"mail sent to {PERSON}", student_id="1234567", nobody_declared_this="Anna Example")
