"""A month of exports over three lanes, run end to end on a real chain and counted by three ways that must agree."""
