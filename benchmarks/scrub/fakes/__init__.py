"""Made-up values in the shape of real ones: nothing here was ever anyone's."""
