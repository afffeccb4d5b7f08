"""The tasks of the pipeline, one package per stage."""
