"""What the widgets show and answer: state and messages as plain data, with no widget library under them.

A presenter has two homes: a notebook's widget (`smtplab.widgets`), and a plain page (`smtplab.presenters.page`).
"""
