"""The main job on one command: a small invented world, served on loopback."""
