"""Programs for PyTorch: functions of other names, axes that are called `dim`, typed constants.

No autograd is needed: the program *is* the derivative.  PyTorch can't export gradients itself.

    calls       how each call of NumPy is written
    writing     `Torch`, which writes a module
"""
