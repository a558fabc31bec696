"""The smart-trade ticket: what a person types by hand, weighed, drawn on the chart, and placed."""
