"""The fifth floor: what follows from all of it. What is due here and now, and what people are told."""
