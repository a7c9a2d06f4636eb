"""EduLearn, the reference system: a small but real learning platform that EduScope watches."""
