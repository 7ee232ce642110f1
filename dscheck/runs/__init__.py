"""Which runs does a spec have? Walked step by step, by the labels that people read; and runs that cover it."""
