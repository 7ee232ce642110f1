"""The engine that compiles a transition system to C and explores it with threads."""
