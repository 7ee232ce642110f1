"""How are recorded traces read and written?"""
