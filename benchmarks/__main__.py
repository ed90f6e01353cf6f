"""Print the table of measured figures; a missed goal makes the exit status 1."""

import os
import platform
import sys

# Small models are slower with many threads, and the figures would depend on the machine's cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def main() -> int:
    from benchmarks import (
        breaker,
        breaker_sharing,
        cold_import,
        cold_start,
        composer,
        embedding,
        figures,
        first_sentence,
        ingest,
        model_overhead,
        opensearch,
        overhead,
        prompt_cache,
        reingest,
        stores,
        structured,
        switch_watch,
        usage_shards,
        whole_http,
    )

    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(figures.HEADER)
    missed = 0
    models = (model_overhead, breaker, breaker_sharing, switch_watch, usage_shards, prompt_cache, structured)
    stored = (embedding, ingest, reingest, stores, opensearch)
    for program in (*models, overhead, whole_http, cold_start, cold_import, *stored, composer, first_sentence):
        for figure in program.figures():
            print(figure, flush=True)
            missed += figure.reached is False
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
