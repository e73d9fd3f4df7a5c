"""The bars of the design, measured side by side with the peers: `make bench`. Numbers are printed, never asserted."""
