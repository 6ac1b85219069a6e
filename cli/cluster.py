"""`streamverse cluster …`: the cluster that StreamVerse runs on."""

import typer

app = typer.Typer(no_args_is_help=True, help="Start, stop and look at the cluster.")


@app.command()
def kubeconfig() -> None:
    """Print the path of a kubeconfig."""
    typer.echo("/var/lib/streamverse/kubeconfig")


@app.command()
def status() -> None:
    """Say how the cluster is."""
