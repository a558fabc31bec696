"""Runs bots: owns time, tasks and the order decide, vet, write down, act."""
