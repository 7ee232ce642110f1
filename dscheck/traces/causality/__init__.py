"""What was before what in a recorded trace?"""
