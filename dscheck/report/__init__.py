"""How is a verdict told? As text for people and as JSON for programs; from the verdict alone."""
