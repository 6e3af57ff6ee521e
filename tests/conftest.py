"""What all tests share: how Hypothesis searches."""

from hypothesis import settings

# No deadline: a busy machine is no counterexample. The blob lets a failure be run again anywhere.
settings.register_profile("tokenlab", deadline=None, print_blob=True)
settings.load_profile("tokenlab")
