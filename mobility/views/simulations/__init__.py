"""Pages of simulations and scenarios."""
