"""The demonstration: real trainings on real data sets, logged to a real server, and checked there."""
