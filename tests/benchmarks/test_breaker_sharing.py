from benchmarks.breaker_sharing import READ, result


def test_breakers_of_ones_own_cost_less_waiting_than_a_table_that_every_request_reads() -> None:
    assert result("own").mean_wait(0) < result("shared").mean_wait(READ)


def test_breakers_of_ones_own_spare_most_requests_a_provider_that_hangs() -> None:
    own = result("own")
    assert own.hung < own.came / 4
