"""The model of the project: its data, its training, its export. Nothing here runs in production."""
