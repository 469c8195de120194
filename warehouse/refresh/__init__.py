"""From a fixed batch set to a published candidate."""
