"""The plugin is for the tests that run in a process of their own: to import it here would change aiosmtpd for all."""

collect_ignore = ["labsmtp_plugin.py"]
