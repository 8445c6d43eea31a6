"""The version of the application, written into every analysis and every model run."""

VERSION = "0.1.0"
