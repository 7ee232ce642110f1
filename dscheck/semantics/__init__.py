"""What does a transition system mean? The definition in Python that every engine and counterexample is held to."""
