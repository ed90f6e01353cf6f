"""Creator Coach: a coach that answers in a creator's voice, from the creator's material, with citations."""
