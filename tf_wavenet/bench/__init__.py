"""The ladder: the same model by ever faster means, each verified against its oracle before it is timed."""
