"""For those who stay with their logger: structlog and loguru writing EduScope's lines. One file per library."""
