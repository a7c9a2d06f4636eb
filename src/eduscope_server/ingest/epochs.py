"""The door for links: `POST /v1/epochs`, one JSON object per line with the tokens of one person and a proof.

Services send them after a rotation of keys, for they have a person's id and all keys of the ring. An ingest key alone
must not be able to say that two people are one: the proof is made with the ring's current key, which no browser has.
"""

import msgspec

from eduscope_server.access import IngestKey
from eduscope_server.ingest.door import Format, Keep, refused_as_json
from eduscope_server.ingest.errors import Refused
from eduscope_server.ingest.lanes import Block
from eduscope_server.privacy.person_links import Claim, PersonLinks

_read = msgspec.json.Decoder(Claim).decode_lines


def keeper(links: PersonLinks) -> Keep:
    """What becomes of a block: what is proven is linked."""

    async def keep(block: Block, _key: IngestKey) -> None:
        await links.take(_read(block.data))

    return keep


def _check(body: bytes) -> Block:
    try:
        _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(
            "a line is no link", hint='send {"tokens": [current, earlier, …], "proof": …} on each line'
        ) from error
    return Block(body)


FORMATS = {
    "application/x-ndjson": Format("application/x-ndjson", _check, stored=b"{}", refused=refused_as_json)
}
