"""``mobility serve``, and the server that ships with the product."""

from collections.abc import Callable

import click
from flask import Flask
from waitress import create_server
from waitress.server import BaseWSGIServer

from mobility.cli.lazy import loaded
from mobility.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.pass_obj
def serve(application: str, port: int | None) -> None:
    """Serve the site."""
    settings = Settings.from_env()
    run_server(loaded(application)(settings), settings, settings.port if port is None else port)


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
