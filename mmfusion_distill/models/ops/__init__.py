"""Operations without parameters that several kinds of parts share."""
