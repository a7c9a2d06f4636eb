"""Doors and lanes: how records come in."""
