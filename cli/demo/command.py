"""The demo's steps, in order, each with a limit."""

from typing import Annotated

import typer
from rich.panel import Panel
from rich.text import Text

from cli.exits import Exit, Stop
from cli.kube import Kube
from cli.kubeconfig import Kubeconfig, kubeconfig_path, with_cluster
from cli.look import Seen
from cli.output import Format, Output, err, out, print_json
from cli.url import Manifest, address_of
from clusters.cache import Cache
from clusters.progress import Progress
from clusters.refusal import Refusal

from .channel import NEWS, PUBLISH_LINE, put_on_air
from .film import FILM, bring_film, check_answers, sample, watch_until_ready
from .footage import long_film, short_film
from .install import TENANT, install_chart, load_images, make_namespace

app = typer.Typer(add_completion=False)

FILM_LIMIT_SECONDS = 900
CHANNEL_LIMIT_SECONDS = 180
NEXT = (
    (f"streamverse status {FILM} -n {TENANT}", "its ladder, its times, its conditions"),
    (f"streamverse status {NEWS} -n {TENANT}", "its inputs, what is on air, its latency"),
    (f"streamverse upload my.mp4 -n {TENANT}", "bring a film of yours"),
    ("kubectl explain mediaasset.spec", "every field, explained"),
    ("streamverse doctor", "is all well?"),
    ("make down", "take everything away"),
)


@app.command()
def demo(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="A film of 5 seconds instead of a minute.")
    ] = False,
    output: Output = Format.TEXT,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Install StreamVerse, transcode a film, put a channel on air, and print where both play.

    Needs a cluster that answers: `streamverse cluster up` makes one. Run it again as often as
    you like: what is done is found again.
    """
    path = kubeconfig_path(kubeconfig)
    cache = Cache.here()
    try:
        film, news = run_demo(cache, path, quick=quick)
    except Refusal as refusal:
        raise Stop(Exit.REFUSED, refusal.sentence, refusal.hint) from refusal
    urls, live = _addresses(film), _addresses(news)
    with_cluster(path, lambda _: check_answers([*urls.values(), *live.values()]))
    if output is Format.JSON:
        print_json({**urls, "live": live})
    else:
        out.print(farewell(urls, live))


def _addresses(seen: Seen) -> dict[str, str]:
    return {form.value: address_of(seen.resource, seen.origin_url, form) for form in Manifest}


def run_demo(cache: Cache, kubeconfig: str, *, quick: bool) -> tuple[Seen, Seen]:
    """Everything up to a film that is ready and a channel that is on air."""
    progress = Progress(err)
    install(cache, kubeconfig, progress)
    with progress.step("find the film"):
        film = short_film(cache) if quick else long_film(cache)

    async def work(kube: Kube) -> tuple[Seen, Seen]:
        await kube.apply(sample(await bring_film(kube, film)))
        ready = await watch_until_ready(kube, FILM, FILM_LIMIT_SECONDS)
        # After the film: two encoders at once would be slow on a small machine.
        return ready, await put_on_air(kube, CHANNEL_LIMIT_SECONDS)

    return with_cluster(kubeconfig, work)


def install(cache: Cache, kubeconfig: str, progress: Progress) -> None:
    """The platform, as the values of the demo have it; nothing happens where nothing changed."""
    with_cluster(kubeconfig, Kube.version)
    err.print("  build and load the images that are missing")
    images = load_images()
    with progress.step("make the namespace streamverse-system"):
        with_cluster(kubeconfig, make_namespace)
    with progress.step("install the chart and wait for its pods"):
        with_cluster(kubeconfig, lambda kube: install_chart(kube, cache, kubeconfig, images))


def farewell(urls: dict[str, str], live: dict[str, str]) -> Panel:
    """Where they play, and what to try next."""
    text = Text.assemble(
        "A film\n",
        *_where(urls),
        "\nA channel, live\n",
        *_where(live),
        "\nPut yourself on air\n  ",
        f"{PUBLISH_LINE}\n\n",
        "Try next\n",
        *(f"  {line:<44} {why}\n" for line, why in NEXT),
    )
    return Panel(text, title="It plays", expand=False)


def _where(urls: dict[str, str]) -> list[tuple[str, str] | str]:
    names = {"watch": "Watch", "hls": "HLS", "dash": "DASH"}
    return [
        part for key, name in names.items() for part in ((f"  {name:<7}", "bold"), f"{urls[key]}\n")
    ]
