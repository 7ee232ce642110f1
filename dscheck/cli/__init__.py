"""How is dscheck called from a shell? One module per command, each imported only when it is called."""
