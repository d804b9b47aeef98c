"""How well detection does: folds of the training text, labelled articles, the floors, and the model card of it all.

`whole` measures and returns plain data; `card` writes the model card of them, `gate` holds them against the floors.
"""
