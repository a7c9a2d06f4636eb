"""Databases, observed: one module per library."""
