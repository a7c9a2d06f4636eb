"""`eduscope contract`: the fields of every record."""

from enum import StrEnum
from typing import Annotated

import typer


class Form(StrEnum):
    """What to print."""

    SCHEMA = "schema"
    PAGE = "page"


def contract(
    form: Annotated[Form, typer.Argument(help="The JSON Schema, or the documentation page.")] = Form.SCHEMA,
) -> None:
    """Print the contract: the JSON Schema that is served at /contract/v1.json, or its documentation page."""
    import json

    from eduscope.contract import json_schema, page

    typer.echo(page.markdown() if form is Form.PAGE else json.dumps(json_schema(), indent=2))
