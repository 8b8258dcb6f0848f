"""The command `mmfusion`: a module for each subcommand, which the scripts in tools/ call too."""
