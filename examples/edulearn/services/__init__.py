"""EduLearn's services, one process each."""
