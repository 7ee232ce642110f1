"""Pictures: one layout of a space-time diagram as numbers, and what is drawn from it."""
