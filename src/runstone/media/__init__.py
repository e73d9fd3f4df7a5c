"""A user's frames, figures, images and tables, into bytes and records and back."""
