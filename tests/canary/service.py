"""A service that does everything wrong with personal data, observed by the library. Run as a program:

    python -m tests.canary.service COUNT SEED FOLDER [--forever] [--uncaught]

It leaves what a product analytics server got of it in FOLDER/product-events.
"""

import argparse
import asyncio
import logging
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import procrastinate
import sqlalchemy as sa
from fastapi import FastAPI, Request
from procrastinate.testing import InMemoryConnector
from tests.canary.identities import Identity, Value, identities
from tests.eduscope.posthog_sink import PostHogSink

import eduscope
import eduscope.database.sqlalchemy
import eduscope.http
import eduscope.metrics
import eduscope.queues

log = eduscope.get_logger()
plain_log = logging.getLogger("school")


class Roster:
    """Whether the school's own names are loaded."""

    is_loaded = False


def use_roster(people: list[Identity]) -> bool:
    """The school's own names, where this version of the library has rosters: only so is a name in a text known."""
    try:
        from eduscope.privacy import roster
        from eduscope.privacy.tenants import tenants
    except ImportError:
        return False
    kinds = [{value.kind: value.value for value in identity} for identity in people]
    names = [(*person["name"].split(), person["username"]) for person in kinds]
    tenants.use("", roster.Roster(roster.Person(given=g, family=f, usernames=(u,)) for g, f, u in names))
    return True


def texts(value: Value) -> list[str]:
    """What may be said of the value in a free text."""
    if value.is_findable or (value.kind == "name" and Roster.is_loaded):
        return [value.said, f"failed: {value.said}"]
    return []


def fail(value: Value) -> None:
    """An exception that quotes the value, with locals that hold it, caused by another."""
    held = {"everything": value.value, "said": value.said}
    try:
        raise KeyError(*texts(value) or ["no such person"])
    except KeyError as error:
        raise ValueError(*texts(value) or ["no"], len(held)) from error


def use_log(value: Value) -> None:
    bare = value.value
    for text in texts(value):
        log.info(text)
        log.warning(f"in the middle {text} of a text", outcome=text)
        plain_log.warning("as an argument: %s", text)
        plain_log.error(text, extra={"colour": bare, "user.name": bare})
    log.info(
        "fields", colour=bare, user_id=bare, student_id=bare, client_address=bare, gen_ai_prompt=value.said
    )
    log.info(
        "nested",
        form={"field": bare, "more": [bare, {"x": bare}]},
        seen=[bare],
        password=bare,
        note=value.said,
    )
    log.info("names", **{bare: 1, f"{bare} ": "x", f"seen {bare}": True})
    if value.is_telling:
        log.info("shaped", url_path=f"/people/{bare}?q={bare}", course_id=bare, http_route=f"/x/{bare}")
        log.info("sized", **{"error.type": bare, "http.response.status_code": bare})
    ids = {"tenant_id": bare, "correlation_id": bare} if value.is_telling or " " in bare else {}
    with eduscope.bind(user_id=bare, **ids):
        log.info("bound")
    try:
        fail(value)
    except ValueError as error:
        log.exception("failed")
        plain_log.exception("failed")
        eduscope.errors.report(error, colour=bare)
    thread = threading.Thread(target=fail, args=(value,))
    thread.start()
    thread.join()


def use_spans(value: Value) -> None:
    bare = value.value
    for text in texts(value) or ["span"]:
        with (
            suppress(ValueError),
            eduscope.tracing.span(text, colour=bare, user_id=bare) as span,
        ):
            span.set_attribute("form", bare)
            span.set_attribute(bare, bare)
            span.set_attribute(f"{bare} ", 3)
            span.add_event(text, {"colour": bare, bare: bare, "gen_ai.prompt": bare})
            fail(value)


def use_model(value: Value) -> None:
    bare = value.value
    with suppress(ValueError), eduscope.inference(model="tutor", model_version="1") as call:
        call.note(colour=bare, prompt=bare, gen_ai_prompt=value.said)
        call.tokens(input=3, output=4)
        fail(value)
    with eduscope.bind(user_id=bare, consent=True):
        eduscope.events.capture(value.said, colour=bare, **{bare: bare})
        eduscope.events.model_feedback(model="tutor", helpful=False, text=f"{value.said} {bare}")
        eduscope.events.ai_tutor_invoked(model="tutor", model_version="1", course_id="c-1", tokens_used=3)
    eduscope.metrics.counter("canary_total", "Canaries.", labels=("kind",)).add((value.kind,))


class Database:
    """People in a table that refuses the second of a name."""

    def __init__(self) -> None:
        self._engine = eduscope.database.sqlalchemy.instrument(
            sa.create_engine("sqlite://", poolclass=sa.StaticPool), slow_query_ms=0
        )
        with self._engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE people (name TEXT UNIQUE, said TEXT)"))

    def use(self, value: Value) -> None:
        given = {"name": value.value, "said": value.said}
        for _ in range(2):
            try:
                with self._engine.begin() as connection:
                    connection.execute(sa.text("INSERT INTO people VALUES (:name, :said)"), given)
                    quoted = value.value.replace("'", "''").replace(":", "\\:")
                    connection.execute(sa.text(f"SELECT 1 FROM people WHERE name = '{quoted}'"))
            except sa.exc.IntegrityError as error:  # it quotes the statement and its parameters
                log.error("not inserted", exc_info=error)
                plain_log.exception("not inserted")
        with suppress(sa.exc.SQLAlchemyError), self._engine.connect() as connection:
            connection.execute(sa.text("SELECT broken FROM nowhere WHERE x = :name"), given)


def make_app() -> Any:
    app = FastAPI()

    @app.api_route("/people/{person:path}", methods=["GET", "POST"])
    async def person(person: str, request: Request) -> str:
        await request.body()
        log.info("asked", colour=person)
        if request.method == "POST":
            raise ValueError(f"no person for user {person}")
        return person

    return eduscope.http.fastapi.instrument(app)


async def use_http(app: Any, value: Value) -> None:
    bare = value.value
    ascii_value = bare.encode("ascii", "replace").decode()
    quoted = ascii_value.replace(" ", "%20")
    # What has the shape of an id and tells nothing by itself is an id, as far as anybody can know.
    ids = {
        "x-correlation-id": ascii_value,
        "x-request-id": ascii_value,
        "baggage": f"tenant_id={quoted},who={quoted}",
    }
    headers = (ids if value.is_telling or " " in bare else {"baggage": f"who={quoted}"}) | {
        "user-agent": f"client {ascii_value}" if value.is_telling else "client",
        "referer": f"https://edulearn.example/?who={ascii_value}",
        "authorization": f"Bearer {ascii_value}",
        "cookie": f"who={ascii_value}",
        "x-forwarded-for": ascii_value,
    }
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://school") as client:
        await client.get(f"/people/{bare}", params={"who": bare, "page": bare, "lang": bare}, headers=headers)
        await client.post("/people/4", json={"who": bare}, headers=headers)
        await client.get(f"/nowhere/{bare}", headers=headers)
    async with httpx.AsyncClient() as client:
        eduscope.http.httpx.instrument(client, peer="accounts")
        with suppress(httpx.HTTPError):
            await client.get(
                "http://127.0.0.1:9/people", params={"who": bare}, headers={"x-who": ascii_value}
            )


async def use_queue(people: list[Identity]) -> None:
    connector = InMemoryConnector()
    app = procrastinate.App(connector=connector)

    @app.task(name="print_certificate", queue="printing")
    async def print_certificate(person: str, said: str) -> None:
        log.info("printed", colour=person)
        raise ValueError(said)

    eduscope.queues.procrastinate.instrument(app)
    async with app.open_async():
        for value in (value for identity in people for value in identity):
            said = (texts(value) or ["no"])[0]
            await print_certificate.defer_async(person=value.value, said=said)
        await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)


async def use_everything(people: list[Identity]) -> None:
    app, database = make_app(), Database()
    for identity in people:
        for value in identity:
            use_log(value)
            use_spans(value)
            use_model(value)
            database.use(value)
            await use_http(app, value)
    await use_queue(people)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--forever", action="store_true", help="until it is killed")
    parser.add_argument("--uncaught", action="store_true", help="ends by an exception that nobody catches")
    options = parser.parse_args()
    people = list(identities(options.count, options.seed))
    sink = PostHogSink()
    eduscope.init(
        service="canary-service", environment="test", events_endpoint=sink.url, events_key="phc_canary"
    )
    Roster.is_loaded = use_roster(people)
    while True:
        asyncio.run(use_everything(people))
        if not options.forever:
            break
    eduscope.flush()
    (options.folder / "product-events").write_bytes(b"\n".join(sink.bodies))
    sys.stderr.write(f"names in texts: {Roster.is_loaded}\n")
    if options.uncaught:
        fail(people[0][2])
    eduscope.shutdown()


if __name__ == "__main__":
    main()
