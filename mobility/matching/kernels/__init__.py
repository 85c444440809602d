"""The compiled code of scoring, and the plain NumPy twin that gives the same answers."""
