"""The claims about speed, each measured in one run."""
