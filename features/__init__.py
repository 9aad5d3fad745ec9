"""The contract as data: requirements, editions and features, and the one module that binds the features to pytest."""
