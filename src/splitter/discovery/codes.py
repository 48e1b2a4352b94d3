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
        "services would share mutable state",
        "An object at module level, or on app.state, is changed while requests are answered, and "
        "several services use it. In the monolith they see one another's changes; as services each "
        "has its own, which starts as the module makes it. A cache of pure values only warms up "
        "again. A registry of connections, a store of sessions, a counter, a lock or a cache that "
        "others clear behaves otherwise. It blocks where a service only reads what nothing in it "
        "ever fills.",
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
        "modules that import one another are parted",
        "The modules form a circle of imports, and the cut goes between them: some are shared, "
        "some are a service's own. It works as long as they are imported in a certain order, which "
        "splitter proves by booting.",
        "Nothing has to be done. To end the circle, move what both need to a third module.",
    ),
    "SPL016": Code(
        "a table is written by more than one service",
        "Several services would write one table. They share the database, so this goes on working; "
        "but nobody owns the rows, and the data cannot be split later without an interface.",
        "Decide who owns the table, and let the others ask that service.",
    ),
    "SPL017": Code(
        "a job would run in several processes",
        "A scheduler, a loop or a thread is started with the application, and each process that "
        "starts it runs it: the services that keep it, and the monolith as long as it is there. A "
        "loop that refreshes what its own process remembers is right to do so; one that sends "
        "mail, bills or cleans up does it twice.",
        "Let one of them have it: name it in leave_out below [services.NAME] (or below [monolith], "
        "for all services), start it by a setting that only that one sets, take a lock in the "
        "database, or move it to a process of its own.",
    ),
    "SPL018": Code(
        "a transaction writes tables of two services",
        "The code that an endpoint reaches commits what it wrote to its own service's tables along "
        "with what it wrote to another's (which is the one that writes them most). While the "
        "services share the database, this goes on working. Once the data are split, it is no "
        "transaction any more.",
        "Keep the two together, or let the owner do its part when it is asked or told (an outbox).",
    ),
    "SPL019": Code(
        "tables of two services are tied",
        "A foreign key or relationship leads from a table of one service to a table of another. "
        "Both services have both mapped classes, and the database keeps the key, so this goes on "
        "working; deleting rows reaches the other's tables where it cascades.",
        "Before the data are split, turn the key into a plain column and the relationship into a "
        "question to the other service; make a cascade a call or an event.",
    ),
    "SPL020": Code(
        "the address of a route in another service is asked for",
        "url_for or url_path_for, in code or in a template, names a route that this service does "
        "not have. Where it is reached the service answers 500 (NoMatchFound).",
        "Put both routes into one service, or build the address from a setting and the path.",
    ),
    "SPL021": Code(
        "a task's name follows from its module",
        "A job queue knows a task by the name of its module and function unless it is given a "
        "name. The service has the module elsewhere, so it would send the task under another name, "
        "which the workers of the monolith do not know; what is queued under the old one is lost "
        "to the service's own workers.",
        'Give the task its present name, in the monolith: @app.task(name="…").',
    ),
    "SPL022": Code(
        "a file is named relative to where the program is started",
        "The path is not anchored to the code (by __file__), so it means another file wherever the "
        "service is started in another folder. Data of the project that is named so comes along as "
        "a copy, and the service's code looks for it there; what is written to it stays with the "
        "service.",
        "Where both have to see what is written, take the folder from a setting.",
    ),
    "SPL023": Code(
        "environment variables without a default",
        "The code asks for these variables and fails without them, most often when it is imported. "
        "A service that has this code needs them as the monolith does. analyze --format json lists "
        "all variables, also those with a default.",
        "Set them wherever the service is started: in its environment, and for verify and "
        "parity-check in [monolith.environment].",
    ),
    "SPL024": Code(
        "each process makes a secret of its own",
        "A secret is drawn at random when the module is imported. What one process signs or "
        "encrypts with it (tokens, cookies, sessions) no other process takes.",
        "Read it from the environment and give all services and the monolith the same.",
    ),
    "SPL025": Code(
        "data are committed after the answer was sent",
        "A dependency commits after its yield, which this version of FastAPI runs when the answer "
        "is on its way. Who asks another service right after it may not find the data yet.",
        'Commit before the endpoint returns, or use Depends(…, scope="function").',
    ),
    "SPL026": Code(
        "one migration history for the tables of all",
        "Alembic compares the database with the models that it is given. A service has only the "
        "models that it needs, so a revision generated from there drops all other tables.",
        "Go on migrating from the monolith while the database is shared. Later, give each service "
        "its own version_table and an include_object that only lets its tables through.",
    ),
    "SPL027": Code(
        "SQL that cannot be read",
        "The statement, or the name of a table in it, is put together at run time. Which tables it "
        "uses is not known, so the matrix may lack some.",
        "Run the tests under splitter (analyze --tests), or name the table in the text.",
    ),
    "SPL028": Code(
        "a worker finds modules by name",
        "A job queue is given the names of modules as texts. In a service these modules have other "
        "names, and texts are not rewritten.",
        "Go on running the workers from the monolith, or name the service's modules where its "
        "workers are started.",
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
    "SPL034": Code(
        "a distribution is imported that no dependency file asks for",
        "The code imports it and the environment has it, but neither the monolith's own files ask "
        "for it nor does anything that they ask for. The service's requirements.txt has it.",
        "Add it to the monolith's dependency file: its next fresh environment may lack it.",
    ),
    "SPL035": Code(
        "a distribution is asked for and not installed",
        "A dependency file of the monolith names it, and its environment does not have it. The "
        "versions of a service are those of that environment, so that it cannot have it either.",
        "Install it, or take it out of the file. See that monolith.python in splitter.toml "
        "names the environment that the monolith runs in.",
    ),
    "SPL036": Code(
        "a distribution is installed in another version than the files say",
        "A service is pinned to what is installed, as it is what it was tried with. The monolith's "
        "dependency or lock file says another version.",
        "Bring the environment up to date with the file, then run splitter again.",
    ),
    "SPL037": Code(
        "a distribution is asked for that no planned service needs",
        "None of the code that moves imports it or is seen to need it otherwise: it is of use to "
        "what stays, or to nobody. It is in no service's requirements.txt.",
        "Nothing has to be done; if a service does need it, add it to its requirements.txt.",
    ),
    "SPL038": Code(
        "an answer is made from the whole application's document",
        "Code that answers a request reads the OpenAPI document of the application it runs in. A "
        "service has only its own routes, so it would answer with less.",
        "Leave these routes with the monolith, or put the documents of the services together "
        "at the gateway.",
    ),
    "SPL039": Code(
        "the name of a module is read from what lies in it",
        "A class and a function tell the module they are from, and in a service it lies elsewhere. "
        "Where the name gets into an answer or into data, or is compared with a text, it has to be "
        "the monolith's: in such a service modules call themselves by their former names "
        "(former_names.py), and are found by them.",
        "Nothing has to be done. What asks for the name of a file, or of a module that was parted, "
        "may still differ: see what parity-check says.",
    ),
    "SPL040": Code(
        "the application has no routes",
        "The application was asked and has not a single route, which no monolith means: most "
        "likely another object is the application, or its routes are added at start-up.",
        "Check the application (MODULE:ATTRIBUTE, factory) in splitter.toml; if its routes are "
        "added at start-up, set lifespan = true below [monolith].",
    ),
    "SPL041": Code(
        "routes that only FastAPI from 0.137 on serves",
        "FastAPI before 0.137 copies the routes that a router has when it is included: what is "
        "added later, and applications mounted below it, it never serves. From 0.137 on they are.",
        "Include a router after its routes are added, and mount on the application itself.",
    ),
    "SPL042": Code(
        "the application did something odd while it was asked",
        "It was imported in a process of its own, without network, and something did not go as "
        "it would in production: an address could not be reached, the start-up failed, openapi() "
        "failed or told something else than the routes do.",
        "See whether the routes below it are all there. A database on this machine may be reached; "
        "other addresses are refused on purpose.",
    ),
    "SPL043": Code(
        "the service does without it",
        "leave_out in splitter.toml names it, so what the application does with it (a call, a "
        "task, a list's element, an inclusion) is not in the service, nor is code that only it "
        "needs. The monolith goes on doing it.",
        "Nothing has to be done. Take the name out of leave_out to have it back.",
    ),
    "SPL044": Code(
        "what leave_out names is needed",
        "The code that the service keeps does more with it than call it for its effect: it uses "
        "what it gives, or it is an endpoint's own code. It cannot be cut there without changing "
        "what the rest does.",
        "Name something in leave_out that has this use in it, or take the name out.",
    ),
    "SPL050": Code(
        "a function of another service is asked for over HTTP",
        "The function belongs to another service (it stands in its route module, or splitter.toml "
        "says so under owns) and rests on more than its arguments. What is left of it here has the "
        "same name and signature and asks its owner, which runs it. The owner has to run, too, and "
        "is told where by a variable of the environment, NAME_SERVICE_URL.",
        "Split the owner off first. Set NAME_SERVICE_URL where the service runs, and "
        "SPLITTER_INTERNAL_TOKEN for both where they run on two machines.",
    ),
    "SPL051": Code(
        "what another service owns cannot be asked for over HTTP",
        "It rests on more than its arguments, so a copy would behave otherwise, and it cannot be "
        "called from another process: an argument or the result is no value (a session, a file, "
        "a request), says nothing of its type, or is changed in place; or it is a generator, "
        "is decorated, or is no function. It blocks where splitter.toml names the owner; "
        "otherwise it is shared code, and each service has state of its own.",
        "Give it annotations of values and let it open its own session; or take it out of owns, "
        "or put both routes into one service.",
    ),
    "SPL052": Code(
        "what another service owns is shared, since it is pure",
        "The function belongs to another service by splitter.toml, but rests on nothing but its "
        "arguments: each service may have a copy of it.",
        "Nothing has to be done.",
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
        "Check the gateway's configuration for that route.",
    ),
    "SPL094": Code(
        "a file that no service needs any more was edited by hand and is left as it is",
        "Splitter wrote it for an earlier plan. By the present one its code goes elsewhere, or "
        "nowhere. What nobody edited is removed in such a case.",
        "Take over what you changed into the file that its code is in now, then remove it.",
    ),
    "SPL095": Code(
        "a file of your own imports what has moved",
        "Code that a service had went to another home by the present plan. The copies are pointed "
        "there, files that splitter did not write are left as they are.",
        "Point the import at the new home.",
    ),
    "SPL096": Code(
        "the routing table named a route that the monolith or the service no longer has",
        "Routes that were moved are kept in .splitter/routes.toml. This one is gone, or has "
        "another owner by the present settings, so that its traffic cannot go where it went.",
        "Check that this is meant; splitter cutover moves it anew.",
    ),
    "SPL097": Code(
        "gateway.live and the routing table differ",
        "gateway.live says where a service's traffic starts; once splitter cutover or rollback has "
        "moved a route, .splitter/routes.toml decides.",
        "Take the service out of gateway.live in splitter.toml.",
    ),
    "SPL100": Code(
        "code of a retired route stays",
        "Something else may use it: other code, a test, a script, or a file that names its module. "
        "It is no route any more.",
        "Take it out by hand once nothing uses it.",
    ),
    "SPL101": Code(
        "a route cannot be taken out alone",
        "Its function also answers on a route that stays, or is not in the project.",
        "Give the other route a function of its own, or retire both.",
    ),
    "SPL120": Code(
        "the frontend's dev server was left as it is, or does otherwise than the gateway",
        "Settings of Vite or Next are edited only where they spell out the object that they "
        "export; and a dev server tells paths apart, but not methods.",
        "Put the rules where the finding says, or lead the dev server to the gateway "
        "(splitter frontend apply --to gateway).",
    ),
    "SPL121": Code(
        "a call of the frontend was not led to its service",
        "Links, URLs inside of an object, and scripts in pages stay as they are, and so does a "
        "path that is not the whole one.",
        "Keep a gateway on the page's own origin for it, or write serviceUrl(...) around the URL "
        "by hand.",
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
