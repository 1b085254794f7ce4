"""What neural networks are made of: activations and losses, normalization, convolution and pooling
in both layouts of images, resizing."""
