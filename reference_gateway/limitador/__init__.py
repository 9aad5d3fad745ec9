"""A small Limitador: budgets of tokens, the counters of what was let through and what was not, and their exposition."""
