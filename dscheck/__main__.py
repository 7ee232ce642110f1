"""What does `python -m dscheck` do? The same as `dscheck`."""

from dscheck.cli.main import main

if __name__ == "__main__":
    main()
