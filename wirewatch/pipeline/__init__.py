"""The only place that alternates pure decisions and impure steps."""
