"""How do other tools call dscheck? One module per tool."""
