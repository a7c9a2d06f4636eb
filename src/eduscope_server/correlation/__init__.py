"""What belongs together: one timeline from any id."""
