"""Logging without a line of code: training functions of other libraries, watched while they work.

A library's module says which functions are watched and what is logged of them. ``fits`` decides which call is logged,
opens and ends its run, and sees to it that nothing of this is ever felt by the training.
"""
