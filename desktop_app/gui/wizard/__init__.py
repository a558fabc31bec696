"""The steps that lead a person to a first running bot."""
