"""What all tests share: how Hypothesis searches. `--hypothesis-profile=thorough` searches longer."""

from hypothesis import settings

# No deadline: a busy machine is no counterexample. The blob lets a failure be run again anywhere.
settings.register_profile("tokenlab", deadline=None, print_blob=True)
settings.register_profile("thorough", settings.get_profile("tokenlab"), max_examples=5000)
settings.load_profile("tokenlab")
