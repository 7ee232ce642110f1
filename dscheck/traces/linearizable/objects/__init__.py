"""The sequential objects that a history can be judged against, such as a register or a queue."""
