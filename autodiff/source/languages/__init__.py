"""Programs for other systems: the same calls under other names, or as formulas.

Each language is a table of how calls are written there, and says no to what it can't write.  May
import all that makes text.

    elsewhere       what JAX and PyTorch share: nothing changes in place, nothing is decided
    jax, torch      modules for JAX and PyTorch
    onnx            models for onnxruntime and its kin
    latex           small programs as formulas, with the numbers beside
"""
