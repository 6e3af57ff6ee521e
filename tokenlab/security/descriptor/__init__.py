"""What protects an object: the security descriptor, its text (SDDL) and its bytes."""
