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
        "Let splitter run the start-up when it asks the application: lifespan = true "
        "under [monolith] in splitter.toml. It then runs on the data that the environment names.",
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
    "SPL012": Code(
        "services would share mutable module state",
        "A container at module level is changed by functions, and several services need it. In the "
        "monolith they see one another's changes; as services each has its own copy, which starts "
        "empty. A cache of pure values only warms up again; a registry, a counter, a lock or a "
        "cache that others clear behaves otherwise.",
        "If it holds more than what can be computed again, keep its users in one service or move "
        "the state to the database or to Redis. parity-check over sessions shows whether it tells.",
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
    "SPL015": Code(
        "modules import one another in a circle",
        "It works as long as the modules are imported in the order in which they are now. A "
        "service "
        "keeps the circle, whole or in part, and splitter proves by booting that its order works.",
        "Nothing has to be done. To end it, move what both need to a third module.",
    ),
    "SPL016": Code(
        "a table is written by more than one service",
        "Several services would write one table. They share the database, so this goes on working; "
        "but nobody owns the rows, and the data cannot be split later without an interface.",
        "Decide who owns the table, and let the others ask that service.",
    ),
    "SPL030": Code(
        "a module is imported by a name that is known only at run time",
        "What import_module is given here is put together while the program runs, so "
        "splitter cannot "
        "see what it needs and does not copy it.",
        "Name such modules in the code, or see that verify and parity-check reach this line.",
    ),
    "SPL031": Code(
        "a name is imported that its module does not define in the open",
        "The module makes the name at run time, so it is copied whole.",
        "Nothing has to be done.",
    ),
    "SPL032": Code(
        "no installed distribution provides an import",
        "The code imports it, but the monolith's environment does not have it: an optional "
        "dependency, as a rule, behind a condition. It is not in the service's requirements.txt.",
        "If the service needs it, install it for the monolith and run splitter again.",
    ),
    "SPL033": Code(
        "files beside the code are read by names that are known only at run time",
        "A path starts from __file__, and what follows is not a constant. Splitter copies "
        "the folder "
        "if one is named, and nothing if none is.",
        "Name the folder in the code, or copy the files beside the service's code by hand.",
    ),
    "SPL090": Code(
        "a file was edited by hand and is left as it is",
        "Splitter wrote it once; since then somebody changed it. It is never overwritten.",
        "Take over what you want from splitter's text (--diff shows it once the file is "
        "moved away).",
    ),
    "SPL091": Code(
        "no place was found to install the deprecation headers",
        "The statement that makes the application was not found where it could be followed "
        "by a call.",
        "Add the call that the note names by hand.",
    ),
    "SPL092": Code(
        "a route could not be marked as deprecated",
        "Neither a decorator nor an add_api_route call of its endpoint was found. The headers come "
        "all the same; OpenAPI does not show the route as deprecated.",
        "Add deprecated=True where the route is added.",
    ),
    "SPL093": Code(
        "the gateway does not know a path converter",
        "The application has a converter of its own; the gateway takes one element of the "
        "path for it.",
        "Check gateway/nginx.conf for that route.",
    ),
    "SPL300": Code(
        "an import was reshaped",
        "The inverse map would not give the file back byte for byte.",
        "Nothing has to be done.",
    ),
    "SPL301": Code(
        "a star import of a module of which parts move",
        "Which names it brings cannot be told from this file.",
        "Import the names that are used.",
    ),
    "SPL302": Code(
        "an import that only the running program knows",
        "Its name is put together at run time, so the map was not applied.",
        "Look at the line.",
    ),
    "SPL303": Code(
        "an import got another local name",
        "The new name is bound to something else in this file, so the import has an alias.",
        "Nothing has to be done.",
    ),
    "SPL304": Code(
        "a string that looks like a moved name was left",
        "Strings are rewritten only where Python itself takes them for module names.",
        "Change it by hand if it names the module; leave it if it does not.",
    ),
    "SPL305": Code(
        "it is not certain what a name means here",
        "Different branches bind it to different things, so the line was left as it was.",
        "Look at the line.",
    ),
    "SPL306": Code(
        "a relative import goes above the top",
        "The file does not lie deep enough for its dots.",
        "Give the file's name in the monolith with --origin.",
    ),
    "SPL307": Code(
        "an import of the monolith that no map covers",
        "The file would go on importing from the monolith.",
        "Map the module, or copy it.",
    ),
}
