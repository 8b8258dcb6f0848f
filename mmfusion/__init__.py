"""The registry scope `mmfusion`: MMEngine and its hub look for a scope's components in the package of its name."""
