"""The OpenAPI document at `/openapi.json`, and as a page at `/docs` that needs nothing from elsewhere."""

from html import escape
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from eduscope_server.api.openapi import completed
from eduscope_server.api.pages import html


class PagePlugin(OpenAPIRenderPlugin):
    """The document as one plain page."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Every operation: what it does, its parameters, and where the rest is described."""
        operations = (
            _operation(method, path, operation)
            for path, methods in sorted(openapi_schema["paths"].items())
            for method, operation in methods.items()
            if isinstance(operation, dict)
        )
        about = f"<p>{escape(openapi_schema['info']['description'])}</p>"
        whole = '<p>The whole document, with every type: <a href="/openapi.json">/openapi.json</a></p>'
        return html("The API", about + whole + "".join(operations)).encode()


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<dt><code>{escape(p['name'])}</code></dt><dd>{escape(p.get('description', ''))}</dd>"
        for p in operation.get("parameters", [])
    )
    heading = f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
    words = f"<p>{escape(operation.get('description') or operation.get('summary') or '')}</p>"
    return f"<section>{heading}{words}<dl>{rows}</dl></section>"


class WholePlugin(JsonRenderPlugin):
    """The document beside that page, whole as at `/openapi.json`."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as JSON."""
        return super().render(request, completed(openapi_schema))


CONFIG = OpenAPIConfig(
    title="EduScope",
    version="1",
    description=(
        "Logs, traces, errors and correlations of EduLearn. Reads take the console's session cookie or "
        "`Authorization: Bearer <reader key or admin token>`; doors take an ingest key. Every failure is "
        '`{"error": {"code", "message", "hint", "position"}}`.'
    ),
    use_handler_docstrings=True,
    path="/docs",
    render_plugins=[PagePlugin(path="/", media_type=MediaType.HTML), WholePlugin()],
    security=[{"readerKey": []}, {"session": []}],
    components=Components(
        security_schemes={
            "readerKey": SecurityScheme(
                type="http", scheme="bearer", description="Reader key or admin token."
            ),
            "ingestKey": SecurityScheme(type="http", scheme="bearer", description="Ingest key."),
            "session": SecurityScheme(
                type="apiKey",
                name="eduscope_session",
                security_scheme_in="cookie",
                description="The console.",
            ),
        }
    ),
)


@get("/openapi.json", include_in_schema=False, media_type=MediaType.JSON)
async def read_schema(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The document. Public: it holds no data."""
    return Response(completed(request.app.openapi_schema.to_schema()), headers={"cache-control": "no-cache"})
