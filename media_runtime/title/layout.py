"""Where everything lies in the bucket. A tenant is a namespace; no key crosses tenants.

{tenant}/uploads/{file}                 what people bring
{tenant}/titles/{title}/plan.json       the plan          (title: the TranscodeJob's uid)
{tenant}/titles/{title}/refs.json       what it counts on: written before any ref, deleted last
{tenant}/titles/{title}/index.json      the index, once verified
{tenant}/titles/{title}/ended.json      why there will never be one
{tenant}/chunks/{key}/{run}.m4s         media, by content address
{tenant}/chunks/{key}/{run}.json        its ledger entry, written after it; a chunk's is 0.json
{tenant}/chunks/{key}/refs/{title}      who counts on it; the last one out deletes it
{tenant}/chunks/{key}/claims/{n}        who is working on it; gone when it is done
{tenant}/inits/{sha256}.mp4             CMAF headers
{tenant}/inits/{sha256}/refs/{key}      which content addresses need it
{tenant}/images/{key}/…                 entry.json, poster.jpg, sheet-{n}.jpg, refs/{title}
{tenant}/images/{key}/stills.json       pictures of one chunk, which these are made of
{tenant}/published/{name}.json          name -> title
"""

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Layout:
    tenant: str

    def below(self, folder: str) -> str:
        """All of one folder: uploads, titles, chunks, …"""
        return f"{self.tenant}/{folder}"

    def upload(self, name: str) -> str:
        return f"{self.tenant}/uploads/{name}"

    def plan(self, title: str) -> str:
        return f"{self.tenant}/titles/{title}/plan.json"

    def refs(self, title: str) -> str:
        return f"{self.tenant}/titles/{title}/refs.json"

    def copied_source(self, title: str) -> str:
        return f"{self.tenant}/titles/{title}/source"

    def index(self, title: str) -> str:
        return f"{self.tenant}/titles/{title}/index.json"

    def ended(self, title: str) -> str:
        return f"{self.tenant}/titles/{title}/ended.json"

    def chunk(self, key: str) -> str:
        """All that lies under a content address."""
        return f"{self.tenant}/chunks/{key}"

    def media(self, key: str, run: int) -> str:
        return f"{self.tenant}/chunks/{key}/{run}.m4s"

    def entry(self, key: str, run: int) -> str:
        return f"{self.tenant}/chunks/{key}/{run}.json"

    def chunk_refs(self, key: str) -> str:
        return f"{self.tenant}/chunks/{key}/refs"

    def chunk_ref(self, key: str, title: str) -> str:
        return f"{self.chunk_refs(key)}/{title}"

    def claim(self, key: str, n: int) -> str:
        return f"{self.tenant}/chunks/{key}/claims/{n:06d}"

    def init(self, sha256: str) -> str:
        return f"{self.tenant}/inits/{sha256}.mp4"

    def init_refs(self, sha256: str) -> str:
        return f"{self.tenant}/inits/{sha256}/refs"

    def init_ref(self, sha256: str, key: str) -> str:
        return f"{self.init_refs(sha256)}/{key}"

    def images(self, key: str) -> str:
        return f"{self.tenant}/images/{key}"

    def images_entry(self, key: str) -> str:
        return f"{self.tenant}/images/{key}/entry.json"

    def poster(self, key: str) -> str:
        return f"{self.tenant}/images/{key}/poster.jpg"

    def sheet(self, key: str, n: int) -> str:
        return f"{self.tenant}/images/{key}/sheet-{n}.jpg"

    def stills(self, key: str) -> str:
        return f"{self.tenant}/images/{key}/stills.json"

    def images_refs(self, key: str) -> str:
        return f"{self.tenant}/images/{key}/refs"

    def images_ref(self, key: str, title: str) -> str:
        return f"{self.images_refs(key)}/{title}"

    def publication(self, name: str) -> str:
        return f"{self.tenant}/published/{name}.json"


def is_entry(at: str, chunk: str) -> bool:
    """Whether an object below a content address is one of its ledger's entries."""
    path = PurePosixPath(at)
    return str(path.parent) == chunk and path.suffix == ".json" and path.stem.isdigit()
