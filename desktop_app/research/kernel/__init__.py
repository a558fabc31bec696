"""The bots once more, for sweeps: plain numbers that a compiler understands, the same fills as the bots' own core.

Nothing here trades. A test holds every fill against the core, and what wins a sweep is run through the core again.
"""
