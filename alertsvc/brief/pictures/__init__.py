"""Pictures of briefings as PNG, drawn from facts alone: maps, the gauge, the trend, the share bar.

The composers put a description of each picture into the facts (`facts`), with its alternative text; rendering draws it
(`edition`). No network, no clock; the same description and the same release give the same bytes.
"""
