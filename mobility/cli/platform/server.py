"""The server that ships with the product; for commands that serve."""

from collections.abc import Callable

import click
from flask import Flask
from waitress import create_server
from waitress.server import BaseWSGIServer

from mobility.settings import Settings


def bound_server(app: Flask, settings: Settings, port: int) -> BaseWSGIServer:
    """Return a server that listens and does not answer yet."""
    return create_server(
        app,
        host=settings.host,
        port=port,
        threads=settings.server_threads,
        ident="mobility",
        asyncore_use_poll=True,  # select() knows no file beyond the first 1,024
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,  # with proxies the application reads them itself
    )


def run_server(app: Flask, settings: Settings, port: int, *, ready: Callable[[str], None] | None = None) -> None:
    """Listen and answer until stopped; ``ready`` is told the address once it is bound."""
    server = bound_server(app, settings, port)
    address = f"http://{settings.host}:{server.effective_port}/"
    (ready or _announce)(address)
    try:
        server.run()
    finally:
        server.close()


def _announce(address: str) -> None:
    click.echo(f"Serving on {address} (Ctrl+C stops)")
