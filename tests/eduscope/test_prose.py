import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.eduscope.local_platform import LocalPlatform

import eduscope
from eduscope import prose
from eduscope.config import ConfigurationError, load

ASKED = 'Why "blue"? Mail me at ada@school.example\n'
KEPT = 'Why "blue"? Mail me at [EMAIL]\n'

pytestmark = pytest.mark.usefixtures("stopped")


def written(platform: LocalPlatform, capfd: pytest.CaptureFixture[str], **fields: Any) -> tuple[Any, Any]:
    """The line as the platform has it, and as standard output does."""
    with eduscope.bind(tenant_id="school-a", user_id="ada"):
        eduscope.get_logger().info("asked", **fields)
    assert eduscope.flush(10)
    return platform.lines()[-1], json.loads(capfd.readouterr().out.splitlines()[-1])


def test_by_default_it_does_not_leave(platform: LocalPlatform, capfd: pytest.CaptureFixture[str]) -> None:
    eduscope.init(service="tutor", endpoint=platform.url)
    for line in written(platform, capfd, gen_ai_prompt=ASKED):
        assert line["gen_ai.prompt"] == "[withheld:prose]"


def test_turned_on_the_platform_alone_has_it_redacted(
    platform: LocalPlatform, capfd: pytest.CaptureFixture[str]
) -> None:
    eduscope.init(service="tutor", endpoint=platform.url, prose_vault=True)
    sent, shown = written(platform, capfd, gen_ai_prompt=ASKED, colour="blue", feedback_text="fine")
    assert (sent["gen_ai.prompt"], sent["feedback.text"]) == (KEPT, "fine")
    assert (shown["gen_ai.prompt"], shown["feedback.text"]) == ("[withheld:prose]",) * 2
    prose_of = {"gen_ai.prompt", "feedback.text"}
    assert {k: v for k, v in sent.items() if k not in prose_of} == {
        k: v for k, v in shown.items() if k not in prose_of
    }


def test_messages_and_bound_texts_too(platform: LocalPlatform, capfd: pytest.CaptureFixture[str]) -> None:
    eduscope.init(service="tutor", endpoint=platform.url, prose_vault=True)
    messages = [{"role": "user", "content": "Call 030 901820 please, my number"}]
    sent, shown = written(platform, capfd, **{"gen_ai.input.messages": messages})
    assert json.loads(sent["gen_ai.input.messages"])[0]["role"] == "user"
    assert shown["gen_ai.input.messages"] == "[withheld:prose]"


def test_after_the_end_nothing_leaves(platform: LocalPlatform, capfd: pytest.CaptureFixture[str]) -> None:
    eduscope.init(service="tutor", endpoint=platform.url, prose_vault=True)
    eduscope.shutdown()
    eduscope.get_logger().info("asked", gen_ai_prompt=ASKED)
    assert json.loads(capfd.readouterr().out.splitlines()[-1])["gen_ai.prompt"] == "[withheld:prose]"


def test_spans_never_have_it(platform: LocalPlatform) -> None:
    eduscope.init(service="tutor", endpoint=platform.url, prose_vault=True, stdout=False)
    with eduscope.tracing.span("chat", gen_ai_prompt="sky"):
        pass
    assert eduscope.flush(10)
    (sent,) = platform.wait_for(1, "/v1/traces")
    assert b"sky" not in sent.body


@pytest.mark.parametrize(
    "endpoint",
    ["", "http://school.example", "http://127.0.0.1.evil.example", "http://localhost@evil.example"],
)
def test_it_leaves_over_a_private_way_only(endpoint: str) -> None:
    with pytest.raises(ConfigurationError):
        load({"service": "tutor", "endpoint": endpoint, "prose_vault": True}, {})


@given(st.text(), st.text())
def test_whatever_is_in_a_text_the_line_stays_whole(text: str, other: str) -> None:
    enclosed = prose.enclosed(text, 100)
    line = json.dumps({"a": other, "b": enclosed, "c": other}, ensure_ascii=False)
    whole = line.encode("utf-8", "replace")
    seen: list[bytes] = []
    prose.for_platform(seen.append)(whole)
    prose.for_others(seen.append)(whole)
    sent, shown = (json.loads(one) for one in seen)
    assert sent["b"] == enclosed[1:-1].encode("utf-8", "replace").decode()
    assert shown["b"] == "[withheld:prose]"
    assert len(sent) == len(shown) == 3
