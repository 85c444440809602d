"""Pages, one Blueprint a resource; parse, call one service, answer."""
