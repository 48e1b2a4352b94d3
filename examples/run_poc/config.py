"""Settings, read from the environment (and from .env when there is one)."""

from datetime import date
from functools import lru_cache

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    app_name: str = "Run POC Finance"
    api_version: str = "1.4"
    min_client_version: int = 3
    log_level: str = "INFO"

    database_url: str = "sqlite:///./run_poc.db"
    db_pool_size: int = 5
    db_max_overflow: int = 10
    db_pool_recycle: int = 1800
    db_echo: bool = False
    seed_on_start: bool = True

    secret_key: str = "run-poc-development-key-0123456789abcdef"
    jwt_algorithm: str = "HS256"
    access_token_minutes: int = 60
    refresh_token_days: int = 14
    password_iterations: int = 20_000
    secure_cookies: bool = False

    # "Today" for every calculation. Fixed in development so that the demo data stays current.
    as_of_date: date = date(2025, 9, 30)
    default_currency: str = "EUR"

    cors_origins: str = "http://localhost:3000,http://localhost:8000"
    upgrade_url: str = "https://finance.example.org/upgrade"
    premium_voucher: str = "PREMIUM-2025"
    free_account_limit: int = 3
    free_scenario_limit: int = 2
    import_row_limit: int = 50

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, value: str) -> str:
        """Hosting platforms hand out `postgres://`; we always use psycopg 3."""
        for scheme in ("postgres://", "postgresql://"):
            if value.startswith(scheme):
                return "postgresql+psycopg://" + value.removeprefix(scheme)
        return value

    @property
    def cors_origin_list(self) -> list[str]:
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]


@lru_cache
def get_settings() -> Settings:
    return Settings()


settings = get_settings()
