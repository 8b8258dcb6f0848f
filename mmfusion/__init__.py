"""The registry scope `mmfusion`: MMEngine looks for the components of a scope in the package of its name."""
