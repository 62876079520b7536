"""A class: lessons handed out with their key, answers taken in, judged again and summed up; grading by nbgrader."""
