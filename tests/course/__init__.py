"""The notebooks, the glossary, README and plans for teaching."""
