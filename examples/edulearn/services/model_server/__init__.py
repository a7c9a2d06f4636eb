"""The model server: retrieval and recommendation, trained at start from EduLearn's own data."""
