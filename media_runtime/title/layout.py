"""Where everything lies in the bucket. A tenant is a namespace; no key crosses tenants.

{tenant}/uploads/{file}                 what people bring
{tenant}/titles/{title}/plan.json       the plan          (title: the TranscodeJob's uid)
{tenant}/titles/{title}/index.json      the index, once verified
{tenant}/titles/{title}/ended.json      why there will never be one
{tenant}/chunks/{key}/{run}.m4s         media, by content address
{tenant}/chunks/{key}/{run}.json        its ledger entry, written after it
{tenant}/chunks/{key}/refs/{title}      who counts on it; the last one out deletes it
{tenant}/chunks/{key}/claims/{n}        who is working on it; gone when it is done
{tenant}/inits/{sha256}.mp4             CMAF headers
{tenant}/inits/{sha256}/refs/{key}      which content addresses need it
{tenant}/images/{key}/…                 entry.json, poster.jpg, sheet-{n}.jpg, refs/{title}
{tenant}/published/{name}.json          name -> title
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    tenant: str

    def upload(self, name: str) -> str:
        return f"{self.tenant}/uploads/{name}"

    def plan(self, title: str) -> str:
        return f"{self.tenant}/titles/{title}/plan.json"

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

    def chunk_ref(self, key: str, title: str) -> str:
        return f"{self.tenant}/chunks/{key}/refs/{title}"

    def claim(self, key: str, n: int) -> str:
        return f"{self.tenant}/chunks/{key}/claims/{n:06d}"

    def init(self, sha256: str) -> str:
        return f"{self.tenant}/inits/{sha256}.mp4"

    def init_ref(self, sha256: str, key: str) -> str:
        return f"{self.tenant}/inits/{sha256}/refs/{key}"

    def images(self, key: str) -> str:
        return f"{self.tenant}/images/{key}"

    def images_entry(self, key: str) -> str:
        return f"{self.tenant}/images/{key}/entry.json"

    def poster(self, key: str) -> str:
        return f"{self.tenant}/images/{key}/poster.jpg"

    def sheet(self, key: str, n: int) -> str:
        return f"{self.tenant}/images/{key}/sheet-{n}.jpg"

    def images_ref(self, key: str, title: str) -> str:
        return f"{self.tenant}/images/{key}/refs/{title}"

    def publication(self, name: str) -> str:
        return f"{self.tenant}/published/{name}.json"
