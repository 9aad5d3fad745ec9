"""The vocabulary of the features: thin steps, one module per noun."""
