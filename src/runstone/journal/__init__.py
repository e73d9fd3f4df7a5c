"""What a run logs is written to a file first and sent later: nothing is lost, and nobody waits."""
