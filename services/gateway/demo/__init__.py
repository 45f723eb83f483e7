"""A login page for the demonstration, served with simulated data and never otherwise."""
