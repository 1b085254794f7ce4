"""The platform: devices, configuration and the shell around a program, as programs state them.

Here there is one machine and one device, so most of it is accepted and changes nothing.
"""
