"""PostgreSQL: people, roles, keys and settings. SQL stands in `.sql` files; migrations are numbered."""

from eduscope_server.state.errors import StateBroken, StateUnavailable, UnfitText
from eduscope_server.state.queries import load_queries, parse_queries
from eduscope_server.state.state import State

__all__ = ["State", "StateBroken", "StateUnavailable", "UnfitText", "load_queries", "parse_queries"]
