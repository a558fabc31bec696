"""The editors of bots: forms, the live preview of what a bot would do, and the way from there to a running bot."""
