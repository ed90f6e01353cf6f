"""What is said in a crisis: approved words and numbers that somebody has confirmed; nothing of it is generated."""
