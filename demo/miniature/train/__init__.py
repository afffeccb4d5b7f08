"""The miniature's training program: ``python -m train fit`` with upstream's flags, in numpy."""
