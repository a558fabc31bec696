"""What happens between a click and an order: questions with numbers first, then one wish."""
