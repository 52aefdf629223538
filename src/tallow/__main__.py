"""`python -m tallow` is the `tallow` command."""

from .cli import main

if __name__ == "__main__":
    main()
