"""The JSON interface: routes of a few lines over the services, and the frame they stand in."""
