"""The shipped server under strangers: half-open connections, slow drips and bodies that are too long stop nobody else."""

import socket
import threading
import time

import pytest
from flask import Flask, request

from mobility.cli.platform import channels
from mobility.cli.platform.server import bound_server
from mobility.settings import Settings

GOOD = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture
def port(tmp_path, monkeypatch):
    """Serve a page on a free port, with a patience that a test can wait for."""
    monkeypatch.setattr(channels, "PATIENCE", 1)
    app = Flask("small")
    app.add_url_rule("/", "page", lambda: f"{len(request.get_data())} bytes", methods=["GET", "POST"])
    server = bound_server(app, Settings(instance_dir=tmp_path, upload_megabytes=1), 0)
    server.adj.connection_limit, server.adj.channel_timeout = 150, 1
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.effective_port
    server.close()
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map)
    thread.join(timeout=10)
    assert not thread.is_alive()


def ask(port, sent=GOOD):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        opened.sendall(sent)
        return answer(opened)


def answer(opened):
    parts = []
    try:
        while part := opened.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def test_a_good_request_is_answered_while_200_half_open_connections_hang(port):
    hanging = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(200)]
    for each in hanging[::2]:
        each.sendall(b"GET / HTTP/1.1\r\nHost: local")
    began = time.monotonic()
    assert ask(port).startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 8
    for each in hanging:
        each.close()


@pytest.mark.parametrize(
    "begun",
    [b"GET / HTTP/1.1\r\nX-", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n"],
    ids=["head", "body"],
)
def test_a_drip_is_cut_off_though_it_never_rests(port, begun):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        opened.sendall(begun)
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - began < 15:
                opened.sendall(b"a")
                time.sleep(0.1)
        assert time.monotonic() - began < 10


def test_a_body_that_is_too_long_is_refused_before_it_is_sent(port):
    told = ask(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 413")


def test_a_head_that_is_too_long_is_refused(port):
    told = ask(port, b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 50_000 + b"\r\n\r\n")
    assert b" 431 " in told.partition(b"\r\n")[0]


def test_a_body_within_bounds_arrives_whole(port):
    body = b"x" * 900_000
    told = ask(
        port, b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n" + body
    )
    assert told.endswith(b"900000 bytes")
