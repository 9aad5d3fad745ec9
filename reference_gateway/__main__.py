"""`python -m reference_gateway`."""

from reference_gateway.command import main

if __name__ == "__main__":
    main()
