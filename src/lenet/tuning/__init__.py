"""Networks and recipes searched for good ones."""
