"""Exit 0 where the web server says that a part of Airflow is well: `python docker/healthy.py scheduler`."""

from __future__ import annotations

import json
import os
import sys
import urllib.request

ADDRESS = os.environ.get("HEALTH_ADDRESS", "http://api-server:8080/api/v2/monitor/health")


def is_healthy(part: str) -> bool:
    """Whether the web server answers and calls the part healthy."""
    with urllib.request.urlopen(ADDRESS, timeout=10) as answer:  # noqa: S310 (a fixed http address)
        state = json.load(answer)
    return bool(state[part]["status"] == "healthy")


if __name__ == "__main__":
    sys.exit(0 if is_healthy(sys.argv[1]) else 1)
