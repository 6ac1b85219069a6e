"""python -m operators."""

from operators.main import main

main()
