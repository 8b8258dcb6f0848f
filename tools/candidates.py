"""`analysis_tools/candidates.py` by its short name."""

from analysis_tools.candidates import main

if __name__ == "__main__":
    main()
