"""Detector noise, signals and what is measured with them; arrays of numpy, SI units unless a name says otherwise."""
