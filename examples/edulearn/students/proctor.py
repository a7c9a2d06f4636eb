"""A proctor at work: looks at the sessions that wait, and decides about one at a time."""

from typing import Any

from edulearn.students.calls import Calls

SESSIONS = "/api/exam-sessions"
PAUSE_SECONDS = (10.0, 25.0)
REASONS = {
    "cleared": ("A look out of the window, nothing more.", "The page was left for a moment only."),
    "flagged": ("Nobody was to be seen for a while.", "Somebody else may have been in the room."),
    "terminated": ("A second person dictated answers.", "Two voices were heard throughout."),
}
TERMINATE_SHARE = 0.3


class Proctor(Calls):
    """One simulated proctor of a tenant."""

    def __init__(self, *given: Any, email: str) -> None:
        super().__init__(*given)
        self._email = email
        self._is_in = False

    async def step(self) -> None:
        """Signs in, or decides about the session that has waited, if there is one."""
        if not self._is_in:
            self._is_in = await self.sign_in(self._email)
            return
        async with self._browser.action("page view") as action:
            sessions = await self.call(action, "GET", SESSIONS, SESSIONS)
        # Signed out meanwhile, or proctoring is away: come in again.
        self._is_in = sessions is not None
        waiting = [s for s in sessions or [] if s["decision"] is None and s["event_count"]]
        if waiting:
            await self._decide_about(waiting[0]["session_id"])

    async def _decide_about(self, session_id: str) -> None:
        path, template = f"{SESSIONS}/{session_id}", f"{SESSIONS}/{{session_id}}"
        async with self._browser.action("page view") as action:
            review = await self.call(action, "GET", f"{path}/review", f"{template}/review")
        if review is None:
            return
        decision = self._judge({event["kind"] for event in review["events"]})
        body = {"decision": decision, "reason": self._chance.choice(REASONS[decision])}
        async with self._browser.action("decide", journey=review["session"]["correlation_id"]) as action:
            await self.call(action, "POST", f"{path}/decisions", f"{template}/decisions", body=body)

    def _judge(self, kinds: set[str]) -> str:
        if "second_voice" in kinds:
            return "terminated" if self._chance.random() < TERMINATE_SHARE else "flagged"
        return "flagged" if "face_not_visible" in kinds else "cleared"
