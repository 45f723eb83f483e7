"""Login providers that do not exist: people who are made up, for demonstrations and tests."""
