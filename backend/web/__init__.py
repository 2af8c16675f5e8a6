"""Pages for people: a buyer with a parcel in hand, and a plain console for each role."""
