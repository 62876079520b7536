"""`python -m smtplab` is `smtplab`."""

from smtplab.cli import main

main()
