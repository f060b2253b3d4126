"""`python -m lepanalysis` is the command."""

from lepanalysis.cli import main

main()
