"""What do recorded times say about when things really happened?"""
