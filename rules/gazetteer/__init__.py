"""Names of places and parties, written by hand from public knowledge. Data, no decisions."""
