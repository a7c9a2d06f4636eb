"""The address to listen on, made sure of before anything is started."""

import socket

from eduscope_server.config import Listen


class AddressTaken(Exception):
    """Another program listens there, or this machine does not have the address."""


def free_address(listen: Listen) -> Listen:
    """The address with a port that nobody listens on; port 0 becomes one that is free now.

    The web server shares ports between processes (SO_REUSEPORT): a second platform on the same port would start,
    and take half of the first one's requests.
    """
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen.host, listen.port))
        except OSError as error:
            raise AddressTaken(
                f"cannot listen on {listen} ({error.strerror}); stop what does, or choose another with --listen"
            ) from error
        return Listen(listen.host, probe.getsockname()[1])
