"""How fast the model is, measured side by side with peers in one run: ``python -m benchmarks``."""
