"""The gateway: the only service a browser sees."""
