"""Courses, quizzes, submissions and grades."""
