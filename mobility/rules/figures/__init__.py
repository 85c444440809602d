"""Figures that are published: fairness and tightness."""
