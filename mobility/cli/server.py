"""The server that ships with the product; for commands that serve."""

from collections.abc import Callable

import click
from flask import Flask
from waitress import create_server

from mobility.settings import Settings


def run_server(app: Flask, settings: Settings, port: int, *, ready: Callable[[str], None] | None = None) -> None:
    """Listen and answer until stopped; ``ready`` is told the address once it is bound."""
    server = create_server(app, host=settings.host, port=port, threads=settings.server_threads, ident="mobility")
    address = f"http://{settings.host}:{server.effective_port}/"
    (ready or _announce)(address)
    try:
        server.run()
    finally:
        server.close()


def _announce(address: str) -> None:
    click.echo(f"Serving on {address} (Ctrl+C stops)")
