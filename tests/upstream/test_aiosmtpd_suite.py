"""aiosmtpd's own tests, run with LabSMTP in place of its SMTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

# What differs, and why: these tests pin the text of aiosmtpd's HELP, code 250 and one line, or 501 to an unknown topic.
# LabSMTP answers 214 and 504, as RFC 5321 §4.3.2 and §4.2.1 have it. Nothing else may differ.
OUR_HELP_DIFFERS = {
    "TestSMTP::test_help",
    *(
        f"TestSMTP::test_help_[{command}]"
        for command in ("HELO", "EHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "AUTH")
    ),
    "TestSMTP::test_help_esmtp[MAIL]",
    "TestSMTP::test_help_esmtp[RCPT]",
    "TestSMTP::test_help_bad_arg",
    "TestRequiredAuthentication::test_help_authenticated",
}


def test_aiosmtpd_own_suite(tmp_path: Path) -> None:
    """LabSMTP passes every SMTP test that aiosmtpd ships, but for the answers to HELP that differ on purpose."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")])
    suite = ["aiosmtpd.tests.test_smtp", "aiosmtpd.tests.test_smtpsmuggling"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "labsmtp_plugin", "-p", "no:cacheprovider", "-W", "ignore", "-q", "-rf",
         "--tb=line", "--pyargs", *suite],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S*?::(.+?)(?: - .*)?$", ran.stdout, re.MULTILINE))
    assert failed == OUR_HELP_DIFFERS, ran.stdout[-3000:]
    passed = re.search(r"(\d+) passed", ran.stdout)
    assert passed is not None
    assert int(passed[1]) > 250
