"""How is a spec written, and what is wrong with it? From text to a checked spec, with diagnostics on the way."""
