"""Processes that are forked from one that has everything loaded, so that a test can afford to start a thousand."""

import multiprocessing

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.faults.prepared"])
