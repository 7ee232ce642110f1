"""Schedules on paper: what a space-time diagram says about its events, about their clocks, and about all diagrams."""
