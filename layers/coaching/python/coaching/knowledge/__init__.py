"""Documents in, passages out: extract, clean, split, embed, index, publish, search."""
