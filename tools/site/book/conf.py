"""Sphinx's settings for the book. It runs in a folder that tools/site/book.py has filled."""

project = "tokenlab"
author = "The tokenlab authors"
copyright = "The tokenlab authors, MIT licence"
language = "en"
html_title = "tokenlab"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nb_execution_mode = "off"
nb_mime_priority_overrides = [
    ("html", kind, 1)
    for kind in ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/latex", "text/plain")
]
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # nothing from other hosts: pictures stand still in the book
myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
exclude_patterns = ["_build"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_copy_source = False
html_show_sourcelink = False
# A lesson goes from its title to its sections, wherever they stand; the mime types are ours.
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type", "myst.xref_ambiguous"]
