"""The inspection lane: records are parsed in Python and each field is treated by its class."""
