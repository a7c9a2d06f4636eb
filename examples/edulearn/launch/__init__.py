"""Starts EduLearn's processes under supervisord, watches them, and leaves none behind."""
