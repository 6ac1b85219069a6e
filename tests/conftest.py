"""What an assertion compared is shown also where helpers of the tests assert."""

import pytest

pytest.register_assert_rewrite(
    *(f"tests.{folder}" for folder in ("apiserver", "browser", "e2e", "media", "unit"))
)
