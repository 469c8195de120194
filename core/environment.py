"""What the caller's shell says to the tools that we run: nothing. A setting of theirs counts where we have set it."""

from __future__ import annotations

import os

# dbt takes `DBT_EXCLUDE_RESOURCE_TYPES=test` from the shell, and builds without a single test.
THEIRS = ("DBT_", "SODA_", "PG", "PYTHON", "PSYCOPG_", "POSTGRES_", "ALEMBIC_", "OTEL_")
AIRFLOWS = ("AIRFLOW", "_AIRFLOW", "__AIRFLOW")
OURS = ("AIRFLOW_DATABASE_URL",)
# What `warehouse airflow` takes all the same: where the containers of a deployment find each other.
AIRFLOWS_PLACE = (
    "AIRFLOW__API__HOST",
    "AIRFLOW__API__PORT",
    "AIRFLOW__API__BASE_URL",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
)
# These have changed this interpreter before it came here: where it finds modules, which lines it leaves out.
PYTHON_WAS_TOLD = any(name in os.environ for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONOPTIMIZE", "PYTHONSTARTUP"))


def forget_theirs() -> None:
    """Take it out of this process, and so out of all that it starts."""
    _forget(THEIRS)


def forget_airflows() -> None:
    """Take Airflow's settings out, where we are about to make them: its own processes have them from us."""
    _forget(AIRFLOWS)


def no_proxy() -> dict[str, str]:
    """What a shell behind a proxy must say so that processes of this machine find each other without it."""
    known = ",".join(filter(None, (os.environ.get("NO_PROXY"), os.environ.get("no_proxy"))))
    value = ",".join(dict.fromkeys([*filter(None, known.split(",")), "127.0.0.1", "localhost"]))
    return {"NO_PROXY": value, "no_proxy": value}


def _forget(starts: tuple[str, ...]) -> None:
    for name in [name for name in os.environ if name.startswith(starts) and name not in OURS]:
        del os.environ[name]
