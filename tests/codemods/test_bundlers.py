"""The settings of Vite and Next before and after; all else stays as it was."""

from __future__ import annotations

import pytest

from splitter.codemods.bundlers import with_next_rewrites, with_vite_proxy

VITE = [
    pytest.param(
        "export default {}\n",
        'import p from "./p";\nexport default { server: { proxy: p } }\n',
        id="nothing set yet",
    ),
    pytest.param(
        "import vue from 'vue'\nexport default defineConfig({\n  plugins: [vue()],\n})\n",
        "import vue from 'vue'\nimport p from './p'\nexport default defineConfig({\n"
        "  server: { proxy: p },\n  plugins: [vue()],\n})\n",
        id="quotes, indentation and no semicolons are kept",
    ),
    pytest.param(
        'import a from "a";\r\nexport default { server: { port: 1 } };\r\n',
        'import a from "a";\r\nimport p from "./p";\r\n'
        "export default { server: { proxy: p, port: 1 } };\r\n",
        id="a server, and line endings of Windows",
    ),
    pytest.param(
        "export default defineConfig(({ mode }) => {\n  const e = 1\n"
        "  return { server: { proxy: {\n"
        '    "/x": "http://x",\n  } } } satisfies UserConfig\n})\n',
        'import p from "./p";\nexport default defineConfig(({ mode }) => {\n  const e = 1\n'
        '  return { server: { proxy: {\n    ...p,\n    "/x": "http://x",\n'
        "  } } } satisfies UserConfig\n})\n",
        id="the user's own entries stay, behind",
    ),
    pytest.param(
        "// é\nconst settings: UserConfig = { base: '/é' };\nexport default settings;\n",
        '// é\nimport p from "./p";\n'
        "const settings: UserConfig = { server: { proxy: p }, base: '/é' };\n"
        "export default settings;\n",
        id="by name",
    ),
    pytest.param(
        'const v = require("v");\nmodule.exports = v.defineConfig({ base: "/" });\n',
        'const p = require("./p");\nconst v = require("v");\n'
        'module.exports = v.defineConfig({ server: { proxy: p }, base: "/" });\n',
        id="CommonJS",
    ),
]


@pytest.mark.parametrize(("before", "after"), VITE)
def test_vite(before: str, after: str) -> None:
    done = with_vite_proxy(before, name="p", module="./p")
    assert (done.text, done.why) == (after, "")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("\nexport default make(options)\n", 2, "what it exports is no object that can be read"),
        (
            "export default {\n  server: mine,\n}\n",
            2,
            "server is no object that can be read",
        ),
        (
            "export default { server: {\n\n  proxy: rules } }\n",
            3,
            "server.proxy is no object that can be read",
        ),
        (
            "export default () => { if (a) { return {} } return {} ; return { b } }",
            1,
            "what it exports is no object that can be read",
        ),
        ("// nothing", 1, "what it exports is no object that can be read"),
    ],
)
def test_what_is_left_as_it_is(text: str, line: int, why: str) -> None:
    done = with_vite_proxy(text, name="p", module="./p")
    assert (done.text, done.line, done.why) == (text, line, why)


def test_next() -> None:
    before = (
        'const { withSentry } = require("sentry");\n/** @type {import("next").NextConfig} */\n'
        "const nextConfig = {\n  reactStrictMode: true,\n};\n"
        "module.exports = withSentry(nextConfig, { silent: true });\n"
    )
    done = with_next_rewrites(before, name="p", module="./p.js")
    assert done.text == 'const p = require("./p.js");\n' + before.replace(
        "  react", "  rewrites: p,\n  react"
    )
    mine = "export default {\n  async rewrites() { return [] },\n}\n"
    kept = with_next_rewrites(mine, name="p", module="./p.js")
    assert (kept.text, kept.line, kept.why) == (mine, 2, "there are rewrites already")
