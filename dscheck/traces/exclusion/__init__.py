"""Was what one node may hold at a time held by one?"""
