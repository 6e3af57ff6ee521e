"""What lessons need around the model: predictions, refusals, and later exercises and their grading."""

from tokenlab.teach.predict import predict
from tokenlab.teach.refused import refused

__all__ = ["predict", "refused"]
