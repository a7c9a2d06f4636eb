"""Proctoring: exam sessions, what is noticed in them, and what a proctor decides. psycopg 3, without a mapper."""
