"""What every simulated person has: a browser, luck, and a count of what went wrong."""

import random
from typing import Any

from edulearn.database.demo import PASSWORD
from edulearn.students.browser import Action, Browser

# People mistype.
WRONG_PASSWORD_SHARE = 0.04


class Calls:
    """Somebody at a browser."""

    def __init__(self, browser: Browser, chance: random.Random) -> None:
        self._browser = browser
        self._chance = chance
        self.requests = 0
        self.failures = 0

    @property
    def browser(self) -> Browser:
        """Their browser."""
        return self._browser

    @property
    def chance(self) -> random.Random:
        """Their luck."""
        return self._chance

    async def sign_in(self, email: str) -> bool:
        """Signs in; sometimes with a wrong password, which is tried again at the next step."""
        typed = "learn-with-me" if self._chance.random() < WRONG_PASSWORD_SHARE else PASSWORD
        path = "/api/session/sign-in"
        person = None
        async with self._browser.action("sign in") as action:
            person = await self.call(action, "POST", path, path, body={"email": email, "password": typed})
        return person is not None

    async def call(self, action: Action, method: str, path: str, template: str, *, body: Any = None) -> Any:
        """The JSON of the answer; None where it is not a success."""
        self.requests += 1
        answer = await action.request(method, path, template, body=body)
        if not answer.is_success:
            self.failures += 1
            return None
        return answer.json() if answer.content else {}
