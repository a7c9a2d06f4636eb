"""The queue worker: grades submissions, makes recommendations anew."""
