"""From a picture to its characters: image processing only, no network."""
