"""The EduScope platform: takes in, keeps, searches, correlates, proves and heals."""
