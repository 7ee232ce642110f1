"""Which states can be reached, and what is true of them? Searches over any stepper."""
