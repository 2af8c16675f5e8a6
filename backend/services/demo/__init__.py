"""The demo: simulated parcels live through the real gateway, every message and step sent over HTTP by its role."""
