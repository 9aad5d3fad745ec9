"""Between OpenAI's shape, which clients speak, and the shapes of other providers: pure functions, one module each."""
