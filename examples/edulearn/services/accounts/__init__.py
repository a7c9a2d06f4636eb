"""Accounts: people, how they sign in, their classes and consents. Flask, on a WSGI server."""
