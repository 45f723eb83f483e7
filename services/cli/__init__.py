"""The command line behind ./er."""
