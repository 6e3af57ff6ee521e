"""Pictures of the model's values: `show(x)` draws whatever it is given, `record()` what happens."""

from tokenlab.view.show import Picture, show
from tokenlab.view.story import Recording, record

__all__ = ["Picture", "Recording", "record", "show"]
