"""Sphinx's settings. `docs/house/` adds to the pages what is made from the package, the lessons and the papers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from smtplab import __version__

project = "smtplab"
author = "The smtplab developers"
copyright = author  # noqa: A001  Sphinx's name
version = release = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "house"]
exclude_patterns = ["house", "words.toml"]
nitpicky = True
smartquotes = False  # what stands in quotes is what is sent

# The lessons come with their outputs, which nbval has tested. A widget without a kernel is its HTML form.
nb_execution_mode = "off"
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_typehints = "signature"
autodoc_preserve_defaults = True  # a default's address in memory is another in each build
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 88

locale_dirs = ["locales"]
gettext_compact = "smtplab"  # one catalogue

html_theme = "furo"
html_title = "smtplab"
html_static_path = ["static"]
html_css_files = ["smtplab.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
