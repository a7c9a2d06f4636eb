"""Puts the web application together: routes, who may use them, and what every answer has in common."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CollectorRegistry

from eduscope.privacy import default_ring
from eduscope_server.access import Access
from eduscope_server.api import (
    children as children_routes,
)
from eduscope_server.api import (
    contract,
    correlations,
    debug_windows,
    epochs,
    erasures,
    errors,
    health,
    keys,
    logs,
    parameters,
    privacy,
    prose,
    schema,
    services,
    session,
    traces,
)
from eduscope_server.api import (
    rosters as roster_routes,
)
from eduscope_server.api.console import CONSOLE_FOLDER, serve_console
from eduscope_server.api.headers import add_security_headers
from eduscope_server.api.problems import problem_handlers
from eduscope_server.debugging import DebugWindows
from eduscope_server.privacy.certificate import Signer
from eduscope_server.privacy.declared_fields import DeclaredFields
from eduscope_server.privacy.erasure import Erasures
from eduscope_server.privacy.person_links import PersonLinks
from eduscope_server.privacy.retention import Under13Retention
from eduscope_server.privacy.roster_files import RosterFiles
from eduscope_server.privacy.rosters import Rosters
from eduscope_server.privacy.vault import Vault
from eduscope_server.query.tail import Tail
from eduscope_server.state import State
from eduscope_server.store import Store

COMPRESS_FROM_BYTES = 1_024
"""Below one packet, compressing saves nothing."""
COMPRESSION_LEVEL = 4
"""A page of 100 logs shrinks to a tenth in 2 ms; the higher levels cost more than they save on a network."""
MAX_BODY_BYTES = 64 << 10
"""Of requests to the API. The doors read their bodies within limits of their own."""
ROSTERS_FOLDER = Path("data", "rosters")
"""Where nobody says another one; made with the first roster."""

ROUTES: tuple[HTTPRouteHandler, ...] = (
    logs.search_logs,
    logs.count_logs,
    logs.log_histogram,
    logs.log_fields,
    logs.tail_logs,
    traces.search_traces,
    traces.read_trace,
    correlations.read_correlation,
    services.list_services,
    errors.list_errors,
    session.read_session,
    session.end_session,
    session.login,
    keys.list_keys,
    keys.make_key,
    keys.revoke_key,
    keys.make_link,
    debug_windows.list_windows,
    debug_windows.open_window,
    debug_windows.close_window,
    privacy.list_findings,
    privacy.list_undeclared,
    privacy.list_fields,
    privacy.declare_field,
    privacy.withdraw_field,
    erasures.erase_person,
    erasures.list_erasures,
    erasures.read_erasure,
    erasures.read_certificate,
    erasures.read_certificate_key,
    epochs.join_epochs,
    prose.reveal_prose,
    prose.read_vault,
    prose.switch_vault,
    children_routes.read_days,
    children_routes.set_days,
    roster_routes.list_rosters,
    roster_routes.load_roster,
    roster_routes.remove_roster,
    roster_routes.set_numbers,
    contract.read_contract,
    schema.read_schema,
    health.read_health,
    health.read_readiness,
    health.read_metrics,
)


def create_app(  # noqa: PLR0913 - the parts of a whole platform
    *,
    store: Store,
    state: State,
    access: Access,
    doors: Sequence[HTTPRouteHandler],
    registry: CollectorRegistry,
    tail: Tail | None = None,
    windows: DebugWindows | None = None,
    declared_fields: DeclaredFields | None = None,
    people: Erasures | None = None,
    links: PersonLinks | None = None,
    vault: Vault | None = None,
    children: Under13Retention | None = None,
    rosters: Rosters | None = None,
    public_url: str = "",
    console_folder: Path = CONSOLE_FOLDER,
) -> Litestar:
    """The platform's web application. The caller opens and closes what it is handed.

    Before the server is told to stop, the caller calls `app.state.end_streams()`, or it waits for live tails that
    never end. `tail` is told of commits by the caller; without one, live tails look once a second.
    `windows` are the debug windows that the doors know too, `declared_fields` what the store's views follow,
    `people` who erases them, `links` what is known of their tokens, `vault` what the lanes seal learners' text with,
    `children` who ends their records, `rosters` whose people are looked for.
    `public_url` is where browsers reach the platform, if it does not see so itself.
    """
    live = tail or Tail(store)
    routes = [*ROUTES, *doors]
    paths = {path for route in routes for path in route.paths}
    app = Litestar(
        route_handlers=[*routes, serve_console],
        dependencies=_dependencies(
            store=store,
            postgresql=state,
            access=access,
            registry=registry,
            tail=live,
            debug_windows=windows or DebugWindows(state),
            declared_fields=declared_fields or DeclaredFields(state),
            children=children or Under13Retention(state, store),
            vault=vault or Vault(state, store, default_ring()),
            rosters=rosters or Rosters(state, RosterFiles(ROSTERS_FOLDER, default_ring())),
            links=links or PersonLinks(state),
            erasures=people or Erasures(state, store, Signer.new(), release=""),
            secure_cookies=public_url.startswith("https://"),
            console_folder=console_folder,
        ),
        exception_handlers=problem_handlers(paths),
        before_send=[add_security_headers],
        compression_config=CompressionConfig(
            backend="gzip",
            minimum_size=COMPRESS_FROM_BYTES,
            gzip_compress_level=COMPRESSION_LEVEL,
            exclude=["^/api/logs/tail$", "^/v1/"],
        ),
        openapi_config=schema.CONFIG,
        on_shutdown=[live.close],
        request_max_body_size=MAX_BODY_BYTES,
        logging_config=None,
    )
    app.state.public_host = urlsplit(public_url).netloc or None
    app.state.end_streams = live.close
    return app


def _dependencies(**parts: Any) -> dict[str, Provide]:
    """What handlers may ask for by name: the parts as they are, and what is read from the request."""
    given = {name: Provide(_constant(part), sync_to_thread=False) for name, part in parts.items()}
    return given | {
        "identity": Provide(parameters.read_identity),
        "allowed": Provide(parameters.read_scope, sync_to_thread=False),
        "window": Provide(parameters.read_time, sync_to_thread=False),
        "log_question": Provide(parameters.read_log_question),
        "span_question": Provide(parameters.read_span_question),
    }


def _constant(part: Any) -> Any:
    def give() -> Any:
        return part

    return give
