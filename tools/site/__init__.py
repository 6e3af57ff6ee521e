"""The site: the book to read, and beside it the lab, which runs the course in the browser.

``python lab.py site`` calls it. `lab` and `book` make one half each.
"""
