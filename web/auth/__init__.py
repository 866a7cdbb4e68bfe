"""Who is asking: accounts, sign-in by cookie for pages, bearer tokens for the API."""
