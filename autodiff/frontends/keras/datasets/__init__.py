"""`keras.datasets`: data sets where they are on this machine; nothing is downloaded.

Looked for in ~/.keras/datasets, and in the folder that AUTODIFF_DATASETS names.
"""

from autodiff.frontends.keras.datasets import boston_housing, cifar10, imdb, mnist, reuters
