"""PostgreSQL: people, roles, keys and settings. SQL stands in `.sql` files; migrations are numbered."""

from eduscope_server.state.errors import StateBroken, StateUnavailable
from eduscope_server.state.queries import load_queries, parse_queries
from eduscope_server.state.state import State

__all__ = ["State", "StateBroken", "StateUnavailable", "load_queries", "parse_queries"]
