"""What every room of matching is built on: checked arrays, sets of bits, ties, vocabularies, compiling."""
