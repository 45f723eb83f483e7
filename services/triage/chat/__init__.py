"""The dialogue: states as data, one pure reducer, and the sessions that keep it."""
