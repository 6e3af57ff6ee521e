"""Pictures with knobs. They need ipywidgets; nothing else of the package does."""

from tokenlab.view.widgets.access_explorer import access_explorer
from tokenlab.view.widgets.thread_stage import ThreadStage
from tokenlab.view.widgets.two_threads import TwoThreads

__all__ = ["ThreadStage", "TwoThreads", "access_explorer"]
