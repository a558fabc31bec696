"""The one home of exchanges, real and pretended."""
