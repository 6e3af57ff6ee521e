"""Pictures of the model's values: `show(x)` draws whatever it is given."""

from tokenlab.view.show import Picture, show

__all__ = ["Picture", "show"]
