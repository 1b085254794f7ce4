"""Programs for PyTorch: functions of other names, axes that are called `dim`, typed constants.

No autograd is needed: the program *is* the derivative.  PyTorch can't export gradients itself.

    operands    tensors of the dtype that NumPy would compute with
    forms       calls that have another name and other parameters, a line each
    moving, reducing, products, calls    those that take more than a line
    writing     `Torch`, which writes a module
"""
