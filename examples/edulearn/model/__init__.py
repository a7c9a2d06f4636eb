"""The models EduLearn serves: passage retrieval and course recommendation, small enough for any CPU."""
