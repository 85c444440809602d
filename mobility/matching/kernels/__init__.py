"""The compiled code of scoring, and the plain NumPy twin that gives the same answers."""

from mobility.matching.kernels.engines import Kernel, engine
from mobility.matching.kernels.lists import Lists
from mobility.matching.kernels.tables import blocking_columns, compile_batch, compile_card, compile_points

__all__ = [
    "Kernel",
    "Lists",
    "blocking_columns",
    "compile_batch",
    "compile_card",
    "compile_points",
    "engine",
]
