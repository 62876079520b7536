"""The widgets: thin anywidget shells, each one Python, one ES module, one stylesheet. They show, they decide nothing.

A module is named for its widget, and so is the function in it that makes one; `smtplab` has the functions.
"""
