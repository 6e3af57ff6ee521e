"""The access check: the question, the rules, the answer, and what is built on them."""
