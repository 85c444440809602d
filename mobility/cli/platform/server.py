"""``mobility serve``, and the server that ships with the product."""

from collections.abc import Callable
from functools import partial
from typing import Any

import click
from flask import Flask
from waitress import create_server
from waitress.server import BaseWSGIServer

from mobility.cli.lazy import loaded
from mobility.cli.platform.channels import PATIENCE, BoundedChannel, tidy
from mobility.jobs.warmth import keep_warm
from mobility.settings import Settings

CONNECTIONS = 500
MEGABYTE = 1 << 20
#: Cookies and addresses of this site are far shorter.
LONGEST_HEAD = 32 << 10


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.pass_obj
def serve(application: str, port: int | None) -> None:
    """Serve the site."""
    settings = Settings.from_env()
    run_server(loaded(application)(settings), settings, settings.port if port is None else port)


def bound_server(app: Flask, settings: Settings, port: int) -> BaseWSGIServer:
    """Return a server that listens and does not answer yet; strangers can take only so much of it (``channels``)."""
    sockets: dict[int, Any] = {}
    server = create_server(
        app,
        map=sockets,
        host=settings.host,
        port=port,
        threads=settings.server_threads,
        ident="mobility",
        asyncore_use_poll=True,  # select() knows no file beyond the first 1,024
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,  # with proxies the application reads them itself
        connection_limit=CONNECTIONS,
        channel_timeout=PATIENCE,
        cleanup_interval=1,
        max_request_header_size=LONGEST_HEAD,
        max_request_body_size=(settings.upload_megabytes + 1) * MEGABYTE,  # what is a little too large gets our page
    )
    for each in [each for each in sockets.values() if isinstance(each, BaseWSGIServer)]:
        each.channel_class, each.maintenance = BoundedChannel, partial(tidy, each)
    return server


def run_server(app: Flask, settings: Settings, port: int, *, ready: Callable[[str], None] | None = None) -> None:
    """Listen and answer until stopped; ``ready`` is told the address once it is bound."""
    server = bound_server(app, settings, port)
    address = f"http://{settings.host}:{server.effective_port}/"
    keep_warm(settings, app.extensions["mobility"].sessions)
    (ready or _announce)(address)
    try:
        server.run()
    finally:
        server.close()


def _announce(address: str) -> None:
    click.echo(f"Serving on {address} (Ctrl+C stops)")
