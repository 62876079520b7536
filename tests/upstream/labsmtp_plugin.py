"""A pytest plugin: from here on, aiosmtpd's SMTP is LabSMTP."""

import aiosmtpd.smtp

from smtplab.server import LabSMTP

aiosmtpd.smtp.SMTP = LabSMTP
