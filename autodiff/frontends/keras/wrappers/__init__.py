"""`keras.wrappers`: models as scikit-learn's estimators."""
