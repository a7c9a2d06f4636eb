"""Marks threads that send to the platform: what libraries log about the sending must not be sent in turn."""

import threading


class _Quiet(threading.local):
    on = False


quiet = _Quiet()
"""`quiet.on` is true in a thread while it sends."""
