"""The rules of money, without HTTP."""
