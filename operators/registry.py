"""Every kind that is watched, and what becomes of a change of it."""

from operators.encodingprofile import handlers as encodingprofile
from operators.mediaasset import handlers as mediaasset
from operators.tenant import handlers as tenant
from operators.transcodejob import handlers as transcodejob

WATCHES = {
    watch.kind.name: watch
    for watch in (
        *tenant.WATCHES,
        *encodingprofile.WATCHES,
        *mediaasset.WATCHES,
        *transcodejob.WATCHES,
    )
}
