"""The configuration: the only reader of YAML, the only user of pydantic."""
