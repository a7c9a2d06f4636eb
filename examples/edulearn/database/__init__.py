"""EduLearn's PostgreSQL: its tables, its migrations, its seed, and the embedded server."""
