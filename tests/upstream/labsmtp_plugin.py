"""A pytest plugin: from here on, aiosmtpd's SMTP is LabSMTP."""

import aiosmtpd.smtp

from smtplab.server.smtp import LabSMTP

aiosmtpd.smtp.SMTP = LabSMTP
