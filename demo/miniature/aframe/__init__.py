"""A miniature double of the Aframe pipeline's law tasks: same names, parameters and files, small physics."""
