"""SCORM 1.2 and SCORM 2004 in Python: what a learner did, told from run-time data. Pure: no I/O.

`normalize` reads the `cmi.*` rows of one attempt into an `Attempt`, `facts_of` says which xAPI
statements follow from it, `roll_up` combines the parts of a course. Not a player and not a
sequencing engine: the results come from the LMS.
"""
