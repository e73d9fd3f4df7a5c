"""How the site is built: `make docs`. Nothing is fetched, neither here nor by a reader's browser."""

from importlib.metadata import version as _version

project = "Runstone"
author = "The Runstone authors"
release = _version("runstone")
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}

html_theme = "furo"
html_title = f"Runstone {release}"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_static_path = ["_static"]
html_favicon = "_static/mark.svg"
html_theme_options = {
    "light_logo": "mark.svg",
    "dark_logo": "mark-dark.svg",
    "sidebar_hide_name": False,
    "navigation_with_keys": True,
    "light_css_variables": {"color-brand-primary": "#15625b", "color-brand-content": "#15625b"},
    "dark_css_variables": {"color-brand-primary": "#5fc7bb", "color-brand-content": "#5fc7bb"},
}

myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
