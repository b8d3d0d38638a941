"""All pictures of the course."""
