"""What to do about a monolith that could not be asked, from how it failed and what it had read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ENVIRONMENT = "below [monolith.environment]"
_UNSET = ("KeyError", "ValidationError", "validation error", "environment", "not set", "required")


def hint(answer: Mapping[str, Any]) -> str:
    """One sentence for the `error` in the probe's answer."""
    error, python = str(answer["error"]), str(answer.get("python", "python"))
    for sign, advice in _ADVICE.items():
        if sign in error:
            return advice.format(python=python)
    if answer.get("refused") and "splitter gives no network" in error:
        return _no_network(list(answer["refused"]))
    unset = _unset(answer)
    named = [name for name in unset if name.lower() in error.lower()]
    if named or (unset and any(word in error for word in _UNSET)):
        unset = named or unset
        return f"it asked for {_listed(unset)}, not set: give it a value {_ENVIRONMENT}"
    if answer.get("refused"):
        return _no_network(list(answer["refused"]))
    return f"see that {python} imports it, with what it needs {_ENVIRONMENT}"


_ADVICE = {
    "has not ended after": "if it only needs longer, raise start_seconds below [monolith]; "
    "else move what it waits for from the import into the start-up",
    "SystemExit": "an import must not end the process: see what it misses, or do it only "
    'if __name__ == "__main__"',
    "it calls os.": "an import must not end the process: see what it misses, or do it only "
    'if __name__ == "__main__"',
    "ended with status": "an import must not end the process: see what it misses, or do it only "
    'if __name__ == "__main__"',
    "was killed by": "see that {python} imports it by hand; a package that was built for another "
    "Python, or too little memory, ends like this",
    "EOFError": "nothing can be typed here: give it what it asks for by an environment variable "
    "or a file, and see that it does not ask",
    "No module named": "install it for {python}, or name the interpreter that has the monolith's "
    "dependencies as python below [monolith]",
    "has no routes at all": "see that app below [monolith] names the application that is served; "
    "lifespan = true lets splitter run the start-up, if that adds the routes",
    "SyntaxError": "mend the file, or name a newer interpreter as python below [monolith]",
    "--factory": "set factory = true below [monolith]",
    "not a FastAPI application": 'name the application as app = "module:attribute" below '
    "[monolith]",
    "has no attribute": 'name the application as app = "module:attribute" below [monolith]',
}


def _no_network(refused: list[str]) -> str:
    return (
        f"splitter lets it reach this machine alone, and it wanted {_listed(refused)}: name a "
        f"server on this machine {_ENVIRONMENT}, or connect at the start-up instead"
    )


def _unset(answer: Mapping[str, Any]) -> list[str]:
    """The variables that the project's own code asked for and did not get, the last first."""
    reads = answer.get("reads", {})
    return [name for name in answer.get("read_at", {}) if reads.get(name) is None]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
