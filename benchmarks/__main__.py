"""Print the table of measured figures; a missed goal makes the exit status 1."""

import os
import platform
import sys

# Small models are slower with many threads, and the figures would depend on the machine's cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def main() -> int:
    from benchmarks import (
        cold_start,
        composer,
        embedding,
        figures,
        ingest,
        opensearch,
        overhead,
        reingest,
        stores,
        whole_http,
    )

    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(figures.HEADER)
    missed = 0
    for program in (overhead, whole_http, cold_start, embedding, ingest, reingest, stores, opensearch, composer):
        for figure in program.figures():
            print(figure, flush=True)
            missed += figure.reached is False
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
