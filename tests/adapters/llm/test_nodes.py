import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from coaching.adapters.llm.nodes import DnsNodes, resolve
from coaching.errors import ModelUnavailable


class Resolver:
    """Answers with `hosts` while there is nothing in `failing`; `held` keeps it from answering."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts
        self.failing: OSError | None = None
        self.held = threading.Event()
        self.held.set()
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append((host, port))
        self.held.wait(60)
        if self.failing:
            raise self.failing
        return self.hosts


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    resolver = Resolver("10.0.0.2", "10.0.0.1")
    yield resolver
    resolver.held.set()


def nodes_of(resolver: Resolver, now: list[float], deadline: float = 30.0) -> DnsNodes:
    return DnsNodes("http://ollama.test.internal:11434", ask=resolver, clock=lambda: now[0], deadline=deadline)


def until_asked_again(nodes: DnsNodes) -> tuple[str, ...]:
    """A lookup that answered too late is in nobody's way, once its thread has ended."""
    end = time.monotonic() + 30
    while True:
        try:
            return nodes.addresses()
        except ModelUnavailable:
            assert time.monotonic() < end
            time.sleep(0.005)


def test_every_address_of_the_name_is_a_node(resolver: Resolver) -> None:
    assert nodes_of(resolver, [0.0]).addresses() == ("http://10.0.0.1:11434", "http://10.0.0.2:11434")
    assert resolver.asked == [("ollama.test.internal", 11434)]


def test_a_port_that_is_not_named_is_ollamas_and_version_six_gets_its_brackets() -> None:
    assert DnsNodes("http://ollama", ask=Resolver("fd00::7")).addresses() == ("http://[fd00::7]:11434",)


def test_an_answer_is_used_for_a_few_seconds_and_then_asked_for_anew(resolver: Resolver) -> None:
    now = [0.0]
    nodes = nodes_of(resolver, now)
    for now[0] in (0.0, 4.9, 5.1, 10.0):
        assert len(nodes.addresses()) == 2
    assert len(resolver.asked) == 2


def test_while_the_resolver_fails_the_last_answer_serves_for_a_bounded_time(resolver: Resolver) -> None:
    now = [0.0]
    nodes = nodes_of(resolver, now)
    known = nodes.addresses()
    resolver.failing = socket.gaierror("no such name")
    now[0] = 200.0
    assert nodes.addresses() == known
    now[0] = 306.0
    with pytest.raises(ModelUnavailable, match=r"ollama\.test\.internal leads to no model server") as failed:
        nodes.addresses()
    assert failed.value.code == "unreachable"


def test_a_resolver_that_hangs_is_not_waited_for_and_is_asked_only_once(resolver: Resolver) -> None:
    resolver.held.clear()
    nodes = nodes_of(resolver, [0.0], deadline=0.01)
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            nodes.addresses()
    assert len(resolver.asked) == 1
    resolver.held.set()
    assert len(until_asked_again(nodes)) == 2


def test_one_lookup_serves_everyone_who_waits(resolver: Resolver) -> None:
    resolver.held.clear()
    nodes = nodes_of(resolver, [0.0])
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(nodes.addresses) for _ in range(8)]
        resolver.held.set()
        assert len({future.result(30) for future in waiting}) == 1
    assert len(resolver.asked) == 1


def test_the_systems_own_resolver_finds_this_machine() -> None:
    assert resolve("127.0.0.1", 11434) == ("127.0.0.1",)
