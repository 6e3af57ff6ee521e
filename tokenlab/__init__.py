"""tokenlab: how Windows decides who may do what, as a small machine in Python."""
