"""The commands of `guanlian`, one module a subject.

Words for people go to stderr; stdout belongs to the answer.
"""
