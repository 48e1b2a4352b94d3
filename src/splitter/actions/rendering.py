"""Templates rendered: a mapping of texts in, one text out; an unknown name is an error."""

from __future__ import annotations

from collections.abc import Mapping

from splitter.errors import ConfigurationError


def render(templates: Mapping[str, str], name: str, **values: object) -> str:
    """The template of that name with `values` filled in; it may include the others.

    ConfigurationError names template and line where it is wrong, or uses what is not given.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> tuple[str, str, None] | None:
        return (templates[name], name, None) if name in templates else None

    environment = Environment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        return environment.get_template(name).render(**values)
    except Exception as error:  # a template runs what its author wrote, and may raise anything
        raise ConfigurationError(
            f"the template cannot be rendered: {_message(error)}",
            where=_where(error, name, templates),
            hint="a project's own templates are in .splitter/templates",
        ) from None


def _message(error: Exception) -> str:
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    return str(error)


def _where(error: Exception, name: str, templates: Mapping[str, str]) -> str:
    """`name:line` of the template that the error arose in."""
    where, trace = name, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in templates:
            where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
