"""A store that will not is told apart from one that is down, with what to do about it."""

import pytest
from obstore import exceptions as wire

from media_runtime.store.refusals import refusal


def answer(status: str, code: str) -> str:
    return (
        f"Generic S3 error: Error performing PUT in 2ms - Server returned non-2xx status code: "
        f"{status}: <Error><Code>{code}</Code><Message>x</Message></Error>"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (wire.PermissionDeniedError(answer("403", "InvalidAccessKeyId")), "ACCESS_KEY_ID"),
        (wire.PermissionDeniedError(answer("403", "SignatureDoesNotMatch")), "SECRET_ACCESS_KEY"),
        (wire.PermissionDeniedError(answer("403", "AccessDenied")), "rights"),
        (wire.PermissionDeniedError("HEAD: 403 Forbidden: "), "rights"),
        (wire.UnauthenticatedError("401"), "ACCESS_KEY_ID"),
        (FileNotFoundError(answer("404", "NoSuchBucket")), "STORE_BUCKET"),
        (wire.GenericError(answer("404", "NoSuchBucket")), "STORE_BUCKET"),
        (wire.GenericError(answer("400", "XMinioAdminBucketQuotaExceeded")), "quota"),
        (wire.GenericError(answer("507", "XMinioStorageFull")), "space"),
        (wire.GenericError("Unable to copy data: No space left (os error 28)"), "space"),
    ],
)
def test_a_refusal_says_what_to_mend(error: BaseException, said: str) -> None:
    assert said in (refusal(error) or "")


@pytest.mark.parametrize(
    "error",
    [
        wire.GenericError("error sending request: connection refused"),
        wire.GenericError(answer("503", "SlowDown")),
        wire.GenericError(answer("503", "XMinioServerNotInitialized")),
        wire.PermissionDeniedError(answer("403", "RequestTimeTooSkewed")),
        FileNotFoundError(answer("404", "NoSuchKey")),
        wire.PreconditionError(answer("412", "PreconditionFailed")),
    ],
)
def test_what_may_pass_by_itself_is_no_refusal(error: BaseException) -> None:
    assert refusal(error) is None
