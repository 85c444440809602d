"""``python -m mobility`` is the command line."""

from mobility.app import main

main()
