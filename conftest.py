"""The plugins of all tests; and none that runs in this checkout, doctest or lesson too, writes a learner's progress."""

from __future__ import annotations

import os

os.environ["SMTPLAB_PROGRESS"] = "off"  # here, and so in every kernel and program that is started

pytest_plugins = ["pytester", "smtplab.testing.plugin"]
