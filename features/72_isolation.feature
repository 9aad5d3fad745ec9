Feature: Isolation
  Many owners share one gateway. Whatever one of them does or breaks, the others' models go on, each with its own
  endpoint and its own credential, however their names and their requests coincide.
