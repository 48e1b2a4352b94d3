"""Which calls a frontend makes: one program of a few lines each, and what is found in it."""

from __future__ import annotations

import pytest

from splitter.discovery.frontend.scanning import scan
from splitter.model.frontend import Call

Files = dict[str, str]


def calls(files: Files | str, *, links: bool = False) -> list[str]:
    """Each call as `METHOD URL`, in the order of files and lines, wrappers left out."""
    return [
        f"{call.method or '?'} {call.url}"
        for call in found(files)
        if not call.callers and (links or call.how != "link")
    ]


def found(files: Files | str) -> tuple[Call, ...]:
    whole = {"src/a.ts": files} if isinstance(files, str) else files
    return scan({path: text.encode() for path, text in whole.items()}).calls


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('fetch("/api/items")', ["GET /api/items"]),
        ('window.fetch("/api/items", { method: "post" })', ["POST /api/items"]),
        ("fetch(`/api/items/${id}`)", ["GET /api/items/{id}"]),
        ('fetch("/api/items/" + item.id + "/parts?all=1")', ["GET /api/items/{item.id}/parts"]),
        ('fetch(new URL("/api/items", location.origin))', ["GET /api/items"]),
        ('fetch(new Request("/api/items"), { method: "PUT" })', ["PUT /api/items"]),
        ('fetch(["/api", "items", id].join("/"))', ["GET /api/items/{id}"]),
        ('fetch("/api/items/{id}".replace("{id}", key))', ["GET /api/items/{key}"]),
        ('fetch("http://localhost:8000/api/items#top")', ["GET /api/items"]),
        ('fetch("https://api.example.com/items")', ["GET https://api.example.com/items"]),
        (
            "fetch(all ? `/api/items` : `/api/items/mine`)",
            ["GET /api/items", "GET /api/items/mine"],
        ),
        ('fetch(u, { method: edit ? "PUT" : "POST" })', ["PUT {u}", "POST {u}"]),
        ('import axios from "axios"; axios.delete("/items/1")', ["DELETE /items/1"]),
        ('axios({ url: "/items", method: "patch" })', ["PATCH /items"]),
        ('axios.request({ url: "/items", method: "put" })', ["PUT /items"]),
        ('axios("/items", { method: "put", baseURL: "/api" })', ["PUT /api/items"]),
        ('ky.post("items", { json })', ["POST /items"]),
        ('await got("https://x.example/items").json()', ["GET https://x.example/items"]),
        ("const { data } = await useFetch(() => `/items/${id}`)", ["GET /items/{id}"]),
        ('$fetch("/items", { method: "DELETE" })', ["DELETE /items"]),
        (
            'api[edit ? "put" : "post"](`/items/${id}`, data)',
            ["POST /items/{id}", "PUT /items/{id}"],
        ),
        ("api[verb](`/items/${id}`, data)", ["? /items/{id}"]),
        ('client.GET("/items/{id}", { params })', ["GET /items/{id}"]),
        ('$api.useQuery("get", "/items/{id}")', ["GET /items/{id}"]),
        ('$.ajax({ url: "/items", type: "POST" })', ["POST /items"]),
        ('$.getJSON("/items", show)', ["GET /items"]),
        ('const x = new XMLHttpRequest(); x.open("PUT", "/items")', ["PUT /items"]),
        ('new EventSource("/events")', ["GET /events"]),
        ("new WebSocket(`ws://${location.host}/ws/${room}`)", ["WEBSOCKET /ws/{room}"]),
        ('navigator.sendBeacon("/seen", data)', ["POST /seen"]),
        (
            '__request(OpenAPI, { method: "GET", url: "/items/{id}", path: { id } })',
            ["GET /items/{id}"],
        ),
        ('(o.client ?? client).post({ url: "/items", ...o })', ["POST /items"]),
        ("fetch(import.meta.env.VITE_API + `/items`)", ["GET {VITE_API}/items"]),
        ('fetch((process.env.API || "http://localhost:1") + "/x/y")', ["GET {API}/x/y"]),
        ('fetch((process.env.API ?? "/api") + "/x")', ["GET /api/x"]),
    ],
)
def test_calls_of_clients(code: str, expected: list[str]) -> None:
    assert sorted(calls(code)) == sorted(expected)


@pytest.mark.parametrize(
    "code",
    [
        'new Map().get("key")',
        'headers.get("X-Page")',
        "emit('delete', item.id)",
        'new URLSearchParams(location.search).get("a/b")',
        'router.post("/login")',
        'app.get("/items", (request, answer) => answer.send(1))',
        'localStorage.delete("a")',
        'queryClient.get("/items")',
        'window.open("/items", "_blank")',
        'fetch("data:text/plain,hello")',
        '// fetch("/api/items")',
    ],
)
def test_what_is_no_call(code: str) -> None:
    assert calls(code) == []


def test_an_instance_is_followed_through_modules() -> None:
    files = {
        "tsconfig.json": "{ // of the editor\n"
        '"compilerOptions": {"paths": {"#x/*": ["./lib/*"],}}}',
        "lib/api.ts": 'import axios from "axios";\n'
        "export default axios.create({ baseURL: BASE });\n"
        'const BASE = "/api/v1";',
        "lib/index.ts": 'export { default as api } from "./api";\nexport * from "./paths";',
        "lib/paths.ts": 'export const USERS = "users";\nexport enum Path { Teams = "/teams" }',
        "src/one.ts": 'import http from "@/../lib/api"; import a from "#x/api"; a.get("/one");',
        "src/two.ts": 'import { api, USERS, Path } from "../lib";\n'
        "api.get(`${USERS}/${id}`);\napi.post(Path.Teams);",
        "src/three.js": 'const { api } = require("../lib"); api.put("three")',
    }
    assert calls(files) == [
        "GET /api/v1/one",
        "PUT /api/v1/three",
        "GET /api/v1/users/{id}",
        "POST /api/v1/teams",
    ]


def test_a_function_that_is_given_the_url_is_told_by_its_callers() -> None:
    found_calls = found(
        {
            "src/call.js": 'const API = "/api";\n'
            "export async function call(path, options = {}) {\n"
            "  return fetch(API + path, { ...options });\n}\n"
            "export const send = (method, path, data) => call(path, { method, body: data });\n",
            "src/page.js": 'import { call, send as put } from "./call";\n'
            'call("/items");\nput("PUT", `/items/${id}`, {});\ncall(later);\n',
        }
    )
    told = [(c.at, c.method, c.url, c.through, bool(c.callers)) for c in found_calls]
    assert told == [
        ("src/call.js:3", "GET", "/api{path}", "", True),
        ("src/page.js:2", "GET", "/api/items", "src/call.js:3", False),
        ("src/page.js:3", "PUT", "/api/items/{id}", "src/call.js:5", False),
    ]


def test_a_method_that_is_given_method_and_url() -> None:
    code = (
        "export default { methods: {\n"
        "  node(verb, url) { return App.api.request(verb, `/node/v1${url}?${x}`, {}) },\n"
        "  load() { this.node('GET', '/info'); App.api.request('PUT', this.endpoint) } } }"
    )
    assert calls(code) == ["GET /node/v1/info", "PUT {endpoint}"]


def test_a_class_asks_for_each_of_its_children() -> None:
    code = (
        "const routes = { users: `/api/users`, user: (id: string) => `/api/users/${id}` };\n"
        "abstract class Crud { abstract base: string; abstract one(id: string): string;\n"
        "  async all() { return await this.requests.get<User[]>(this.base); }\n"
        "  async drop(id: string) { return await this.requests.delete(this.one(id)); } }\n"
        "class Users extends Crud { base = routes.users; one = routes.user; }\n"
        'class Teams extends Crud { base = "/api/teams"; one(id: string) { return `/t/${id}`; } }\n'
    )
    assert calls(code) == [
        "GET /api/teams",
        "GET /api/users",
        "DELETE /api/users/{id}",
        "DELETE /t/{id}",
    ]


def test_a_hook_is_given_a_key_and_who_fetches_it() -> None:
    code = (
        "const fetcher = (url: string) => api.get(url).then((r) => r.data);\n"
        "useSWR(id ? `items/${id}` : null, fetcher);\n"
        'useSWR("/items", (key) => fetch(key));\n'
    )
    assert calls(code) == ["GET /items/{id}", "GET /items"]


def test_an_interceptor_that_changes_the_url() -> None:
    code = (
        'const http = axios.create({ baseURL: "/api" });\n'
        "http.interceptors.request.use((config) => {\n"
        "  config.url = `${team}${config.url}`;\n  return config;\n});\n"
        'http.get("/items");'
    )
    (call,) = found(code)
    (otherwise,) = call.otherwise
    assert call.url == "/api/items"
    assert [p if isinstance(p, str) else f"<{p.name}>" for p in otherwise] == [
        "/api/",
        "<team>",
        "/items",
    ]


def test_a_variable_that_is_put_together() -> None:
    code = (
        'let url = "/items"; if (all) { url += "?all=1" }\n'
        "if (kind) { url = `${url}/kinds` }\nfetch(url)"
    )
    assert calls(code) == ["GET /items", "GET /items/kinds"]


def test_components_and_pages() -> None:
    files = {
        "src/Page.vue": '<template>\n <a :href="`/api/files/${file.id}`" @click="save">x</a>\n'
        "</template>\n<script setup>\nconst save = () => fetch('/api/saved')\n</script>\n",
        "index.html": '<a href="/api/export.csv">CSV</a><form action="/api/in" method="post">\n'
        '</form><script>fetch("/api/now")</script>',
        "src/Row.jsx": "export const Row = () => <a href={`/api/rows/${id}`}>é</a>;",
        "src/go.js": "location.href = '/api/login'; img.src = `/api/pictures/${id}.png`;",
    }
    assert calls(files, links=True) == [
        "GET /api/export.csv",
        "POST /api/in",
        "GET /api/now",
        "GET /api/files/{file.id}",
        "GET /api/saved",
        "GET /api/rows/{id}",
        "GET /api/login",
        "GET /api/pictures/{id}.png",
    ]
    assert [c.line for c in found(files) if c.path == "src/Page.vue"] == [2, 5]


def test_what_a_component_is_given() -> None:
    files = {
        "src/Face.vue": '<template>\n<img :src="image">\n'
        '<Upload url="/api/in" :to="`/api/${x}/y`"/>\n'
        "</template><script>\nexport default { setup(props) {\n"
        "  const image = computed(() => { return `/api/faces/${props.id}.png`; });\n"
        "  return { image };\n} };\n</script>",
        "src/Up.tsx": 'export const Up = () => <Upload url="/api/in" title="a" to={target} />;',
    }
    assert calls(files, links=True) == [
        "GET /api/faces/{id}.png",
        "? /api/in",
        "? /api/{x}/y",
        "? /api/in",
    ]


def test_what_is_not_the_frontends_own_code_is_left_out() -> None:
    survey = scan(
        {
            "src/a.ts": b'fetch("/a")',
            "src/a.test.ts": b'fetch("/b")',
            "node_modules/x/index.js": b'fetch("/c")',
            "dist/app.js": b'fetch("/d")',
            "public/lib.min.js": b'fetch("/e")',
            "public/lib.js": b'fetch("/f");' * 1000,
            "src/types.d.ts": b"declare const a: string",
            "app/api/health/route.ts": b"export const GET = () => new Response()",
        }
    )
    assert [call.url for call in survey.calls] == ["/a"]
    assert survey.files == 2
    assert survey.left_out == {
        "built": 1,
        "declarations": 1,
        "minified": 2,
        "packages": 1,
        "tests": 1,
    }
    assert survey.own == ("/api/health",)


def test_code_that_goes_round_in_circles_ends() -> None:
    code = (
        "const a = { ...b, url: c }; const b = { ...a }; let c = d; let d = c + c; c = d + d;\n"
        "function f(x) { return g(x) + f(x) } function g(x) { return f(x) + g(x) }\n"
        "class A extends B {} class B extends A { u = this.u }\n"
        "fetch(f(c)); fetch(b.url); fetch(new A().u); axios(a)"
    )
    assert len(calls(code)) >= 4
