"""Paper money on the prices and rules of exchanges that exist."""
