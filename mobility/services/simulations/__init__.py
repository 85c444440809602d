"""Use cases of policy simulations and scenarios."""
