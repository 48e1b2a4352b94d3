"""What each SPL code means, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: its title, what it means for a split, and what the reader can do."""

    title: str
    means: str
    todo: str


CODES: Mapping[str, Code] = {
    "SPL001": Code(
        "a file cannot be parsed",
        "The file is not valid Python for the interpreter that runs splitter. What it defines, "
        "imports and routes is unknown, and it is never copied or changed.",
        "Mend the file, leave it out in splitter.toml, or run splitter with a newer Python.",
    ),
    "SPL002": Code(
        "the application is not seen in the source",
        "Following the source from the application that is configured leads to no FastAPI object. "
        "Routes are known only if the running application tells them.",
        "Check the application (MODULE:ATTRIBUTE, and whether it is a factory) in splitter.toml.",
    ),
    "SPL003": Code(
        "a part of a path cannot be told from the source",
        "A prefix or path comes from something that only a running program knows. In the path it "
        "stands as an ellipsis.",
        "Let splitter ask the running application, or give the setting a default in the code.",
    ),
    "SPL004": Code(
        "which router is included cannot be told from the source",
        "A router is found at run time: in a loop over plugins, by a registry, by a condition. "
        "Its routes are known only to the running application.",
        "Let splitter ask the running application. Without it, name the routes' modules yourself.",
    ),
    "SPL005": Code(
        "a router comes from a library",
        "A library makes the router that is included, so its routes are not in the project.",
        "Decide which service, if any, is to serve them: the library moves along with its router.",
    ),
    "SPL006": Code(
        "the methods of a route cannot be told from the source",
        "The list of methods is put together at run time.",
        "Let splitter ask the running application, or write the methods as a list of texts.",
    ),
    "SPL007": Code(
        "routes depend on a condition",
        "Whether these routes exist is decided when the application is made: by a setting, an "
        "installed package, a file that is there. A service needs the same condition to hold.",
        "Give the service the settings that the monolith has, or decide the condition for good.",
    ),
    "SPL008": Code(
        "routes are added at start-up",
        "A lifespan or start-up handler adds routes. An application that is only imported does not "
        "have them.",
        "Let splitter run the start-up (lifespan) when it asks the application for its routes.",
    ),
    "SPL009": Code(
        "routes are methods of a class",
        "A class-based view: the routes of the class share its attributes and its base classes, so "
        "they move together.",
        "Select all routes of the class for the same service, or divide the class first.",
    ),
    "SPL010": Code(
        "routes are in the source but not in the running application",
        "The source adds these routes, but the application that was asked does not have them: they "
        "depend on a condition, are added at start-up, or are never added.",
        "Ask the application with the settings that production has; remove routes that are dead.",
    ),
    "SPL011": Code(
        "routes are in the running application but not in the source",
        "How these routes get into the application cannot be followed in the source: they are made "
        "by a library, or in a way that splitter does not read.",
        "Nothing, if they are a library's. Else check that the service has them once it is split.",
    ),
    "SPL013": Code(
        "a route has another path when the application runs",
        "The path that the source gives by its defaults is not the one under which the application "
        "serves the route, most often because of a setting.",
        "Nothing: the running application's path counts. The service needs the same setting.",
    ),
    "SPL014": Code(
        "the application could not be asked",
        "The application did not import, ended or hung when its own interpreter was to ask it for "
        "its routes. All that is known of it comes from the source.",
        "See that the monolith starts as it is: its interpreter, its settings, its database. The "
        "message says where it failed.",
    ),
}
