"""A tenant's own people: found by name in what learners write, by user name and id everywhere.

Read from a table (`read_people`), kept sealed (`write_sealed`, `read_sealed`), held in memory as a `Roster`, and put
to work with `tenants.use(tenant_id, roster)` or `find(text, roster=roster)`.
"""

from eduscope.privacy.roster.index import Roster
from eduscope.privacy.roster.people import Person, people_in, people_of, read_people
from eduscope.privacy.roster.sealed import holds, read_sealed, sealed_under, write_sealed

__all__ = [
    "Person",
    "Roster",
    "holds",
    "people_in",
    "people_of",
    "read_people",
    "read_sealed",
    "sealed_under",
    "write_sealed",
]
