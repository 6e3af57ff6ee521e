"""What happened, step by step: sessions, tokens, processes, threads and the wire in one picture."""

from tokenlab.view.story.recorder import Recording, record

__all__ = ["Recording", "record"]
