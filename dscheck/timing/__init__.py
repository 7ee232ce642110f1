"""Real time, exactly: events with delays, clocks that drift, and what z3 proves about them."""
