"""What the gateway keeps and what it has read: the only importer of SQLAlchemy."""
