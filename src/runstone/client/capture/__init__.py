"""What a run records by itself: its code, its environment, what it prints, how busy the machine is."""
