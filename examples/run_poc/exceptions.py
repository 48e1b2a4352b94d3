"""What can go wrong in the domain. main.py turns these into answers."""

from typing import Any


class AppError(Exception):
    """Base of our own errors: status code, a stable code for clients, and a sentence for people."""

    status_code = 400
    code = "bad_request"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class AuthenticationError(AppError):
    status_code = 401
    code = "not_authenticated"


class PermissionDenied(AppError):
    status_code = 403
    code = "forbidden"


class PremiumRequired(PermissionDenied):
    code = "premium_required"

    def __init__(self, feature: str, message: str | None = None) -> None:
        super().__init__(message or f"{feature} is a premium feature", feature=feature)
        self.feature = feature


class NotFoundError(AppError):
    status_code = 404
    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} not found", resource=what.lower())


class ConflictError(AppError):
    status_code = 409
    code = "conflict"


class InsufficientFunds(ConflictError):
    code = "insufficient_funds"

    def __init__(self, available: float, requested: float) -> None:
        super().__init__(
            "Not enough money in the account", available=available, requested=requested
        )


class ImportRejected(AppError):
    status_code = 400
    code = "import_rejected"

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} rows cannot be imported", rows=errors)


class UnsupportedCurrency(AppError):
    code = "unsupported_currency"

    def __init__(self, currency: str) -> None:
        super().__init__(f"No exchange rate for {currency}", currency=currency)


class ClientTooOld(AppError):
    status_code = 426
    code = "client_too_old"

    def __init__(self, minimum: int) -> None:
        super().__init__(f"Please update: version {minimum} or later is required", minimum=minimum)
        self.minimum = minimum
