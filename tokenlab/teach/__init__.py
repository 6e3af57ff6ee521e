"""What lessons need around the model: predictions, and later exercises and their grading."""

from tokenlab.teach.predict import predict

__all__ = ["predict"]
