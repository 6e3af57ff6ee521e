"""Pictures with knobs. They need ipywidgets; nothing else of the package does."""

from tokenlab.view.widgets.access_explorer import access_explorer

__all__ = ["access_explorer"]
