"""Recorded traces of real systems: how they are read, and what can be said about them."""
