"""The trap gallery: small programs that make automatic differentiation quietly wrong, what is right
at each, and what this library and others answer."""
