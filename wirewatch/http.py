"""The only maker of HTTP clients: timeouts, byte caps, address guard, user agent."""
