"""The surface of Python and R side by side: ``parity.yaml`` gives each public Python name its spelling in R."""
