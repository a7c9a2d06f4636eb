"""Privacy at the platform: what was found, what is declared, what is kept of a person and erased."""
