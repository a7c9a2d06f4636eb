"""The traffic: simulated learners who browse, take quizzes, ask the tutor and look at their grades."""
