"""From a picture of writing to an answer."""
