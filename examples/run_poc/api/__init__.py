"""The HTTP side."""

API_PREFIX = "/api"
