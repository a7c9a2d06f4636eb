"""The search language, and the readers that answer it."""
