"""How is a transition system run fast in Python? Successor functions as generated Python text."""
