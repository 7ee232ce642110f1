"""Is there an order of the operations of a history that its object could have gone through one by one?"""
