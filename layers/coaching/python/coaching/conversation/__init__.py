"""Memory, prompt, citations, the composer and the reply; use case AskCoach."""
