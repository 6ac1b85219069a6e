"""What a store means when it will not: told apart from one that is down, in words to act on. Pure.

Codes are those of S3, and MinIO's own. A HEAD has no body, so of it only the class is known.
"""

from __future__ import annotations

import errno
import re

from obstore import exceptions as wire

_CODE = re.compile(r"<Code>(\w+)</Code>")

_KEY = "correct STREAMVERSE_STORE_ACCESS_KEY_ID and STREAMVERSE_STORE_SECRET_ACCESS_KEY"
_RIGHTS = "give the access key the rights to list, read, write and delete in it"
_BUCKET = "make the bucket, or correct STREAMVERSE_STORE_BUCKET"
_ROOM = "free or add space"
_QUOTA = "raise its quota, or delete something"

_MEANING = {
    "InvalidAccessKeyId": f"the store does not know the access key; {_KEY}",
    "SignatureDoesNotMatch": f"the store does not accept the secret of the access key; {_KEY}",
    "ExpiredToken": f"the access key has expired; {_KEY}",
    "InvalidToken": f"the store does not accept the access key's token; {_KEY}",
    "AccessDenied": f"the access key may not do this in the bucket; {_RIGHTS}",
    "AllAccessDisabled": f"the store has disabled the bucket; {_RIGHTS}",
    "AccountProblem": "the store has a problem with the account of the access key; ask its owner",
    "NoSuchBucket": f"the store has no such bucket; {_BUCKET}",
    "InvalidBucketName": f"the store takes no bucket of that name; {_BUCKET}",
    "QuotaExceeded": f"the bucket is full to its quota; {_QUOTA}",
    "XMinioAdminBucketQuotaExceeded": f"the bucket is full to its quota; {_QUOTA}",
    "XMinioStorageFull": f"the store's disks are full; {_ROOM}",
}


def is_a_strangers(error: BaseException) -> bool:
    """Whether this "no such thing" is no store's: S3 says a code with it, and a load balancer that
    has lost its store does not. Of a HEAD it cannot be told.
    """
    told = str(error).partition(DEBUG)[0]
    said = told.partition(_NOT_FOUND)[2]
    return _NOT_FOUND in told and _HEAD not in told and _CODE.search(said) is None


DEBUG = "\n\nDebug source:"
_NOT_FOUND, _HEAD = "status code: 404", "Error performing HEAD"


def refusal(error: BaseException) -> str | None:
    """What it is that the store will not do, and what to do about it; None if it is no refusal."""
    told = str(error)
    code = _CODE.search(told)
    if code is not None and code[1] in _MEANING:
        return f"{_MEANING[code[1]]} ({code[1]})"
    if isinstance(error, wire.UnauthenticatedError):
        return f"{_MEANING['InvalidAccessKeyId']} (401)"
    if isinstance(error, wire.PermissionDeniedError):
        # Clocks that are apart are forbidden too: they are set right without us.
        return None if code is not None else f"{_MEANING['AccessDenied']} (403)"
    if f"(os error {errno.ENOSPC})" in told or f"(os error {errno.EDQUOT})" in told:
        return f"{_MEANING['XMinioStorageFull']} (ENOSPC)"
    return None
