"""Who does the work? Engines, each a stepper made in its own way."""
