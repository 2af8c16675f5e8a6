"""What several kinds of tests need: installations, chains to take apart, plain readings of a chain."""
