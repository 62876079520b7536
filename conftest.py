"""No test, doctest or lesson that runs under pytest in this checkout writes a learner's progress."""

from __future__ import annotations

import os

os.environ["SMTPLAB_PROGRESS"] = "off"  # here, and so in every kernel and program that is started
