"""What is known about each exchange that exists: rules, words, rights, sources."""
