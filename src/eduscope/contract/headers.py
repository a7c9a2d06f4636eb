"""The headers that the SDK and the doors say to each other."""

SERVICE_HEADER = "eduscope-service"
ENVIRONMENT_HEADER = "eduscope-environment"
"""Who sends. A door answers both with the debug header."""

DEBUG_HEADER = "eduscope-debug-seconds"
"""For how many seconds from now the service may write debug lines; 0 where no window is open. Seconds and not a time:
the two clocks need not agree.
"""

DEBUG_SECONDS_MAX = 3600
"""The longest a service writes debug lines on one word of the platform."""
