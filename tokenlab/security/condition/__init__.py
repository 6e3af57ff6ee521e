"""Conditions of callback ACEs and resource attributes: values, text and bytes."""
