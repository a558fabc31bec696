"""The strategies a bot can follow, and the registry that names them."""
