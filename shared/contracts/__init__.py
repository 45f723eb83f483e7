"""What one service says to another: pydantic models and plain functions, no framework."""
