"""The screens: server-rendered, one user group a file, over the services that the API uses too."""

from web.pages.site import init

__all__ = ["init"]
