"""What a model may add to the needs: an order and a comment, never urgency, never a decision."""
