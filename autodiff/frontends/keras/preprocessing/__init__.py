"""What goes before a model: sequences of one length, texts as numbers, images."""
