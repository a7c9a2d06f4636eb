"""The tutor: answers a learner's question from the passages of their courses."""
