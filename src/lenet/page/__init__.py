"""From a picture to its lines of writing, and to whatever may be a character in them: no network yet."""
