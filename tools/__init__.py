"""Programs that the commands of tasks.py start."""
