"""Signing in: the password's hash is compared, every try is kept, and guessing is slowed down.

Passwords are hashed by Werkzeug: scrypt with a salt each, at the cost OWASP's password storage page asks for.
"""

from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.security import check_password_hash, generate_password_hash

from edulearn.database.people_tables import Credential, Person, SignIn
from edulearn.services.accounts.queries import person_out
from edulearn.services.accounts.shapes import PersonOut, SignInIn

Outcome = Literal["succeeded", "wrong_password", "throttled"]

# A person mistypes a few times; a program that guesses gets this many tries a minute.
MOST_WRONG_TRIES = 5
WINDOW_SECONDS = 60


class Door:
    """Lets people in. A try for an address that nobody has takes as long as one for an address that somebody has."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._nobodys_hash = generate_password_hash("nobody has this password")

    def sign_in(self, tried: SignInIn) -> tuple[Outcome, PersonOut | None]:
        """The outcome, and who it is: also where the password was wrong, for the record; None for nobody."""
        with self._sessions() as session:
            person = session.scalars(
                select(Person).where(Person.email == tried.email.strip().lower())
            ).one_or_none()
            known = person and session.get(Credential, person.person_id)
            if person is not None and self._is_throttled(session, person.person_id):
                return self._kept(session, person, "throttled")
        # No connection is held meanwhile: this takes some 80 ms on purpose.
        right = check_password_hash(known.password_hash if known else self._nobodys_hash, tried.password)
        if person is None:
            return "wrong_password", None
        with self._sessions() as session:
            return self._kept(session, person, "succeeded" if right and known else "wrong_password")

    def _kept(self, session: Session, person: Person, outcome: Outcome) -> tuple[Outcome, PersonOut]:
        session.add(SignIn(person_id=person.person_id, outcome=outcome))
        session.commit()
        return outcome, person_out(session, person)

    def _is_throttled(self, session: Session, person_id: str) -> bool:
        age_seconds = func.extract("epoch", func.now() - SignIn.tried_at)
        query = select(func.count()).where(
            SignIn.person_id == person_id, SignIn.outcome == "wrong_password", age_seconds < WINDOW_SECONDS
        )
        return (session.scalar(query) or 0) >= MOST_WRONG_TRIES
