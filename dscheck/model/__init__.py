"""What is the transition system of a spec? The intermediate representation, and how a checked spec becomes it."""
