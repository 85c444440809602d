"""The JSON resources of ``/api/v1``: one file an endpoint, found by itself; reading only, until keys exist."""
