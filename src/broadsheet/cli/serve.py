"""`broadsheet serve`: the public pages."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.output import tell
from broadsheet.errors import ConfigError

app = typer.Typer()


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.", min=0, max=65535)] = 8765,
    trusted_proxies: Annotated[
        str, typer.Option(help="Addresses of proxies whose X-Forwarded-For is believed, with commas between.")
    ] = "127.0.0.1",
) -> None:
    """Serve the pages for readers: unsubscribe, preferences, sign-up, archive. Put your web server in front of it.

    Example: broadsheet serve --port 8765
    """
    from broadsheet.config import load_config

    config = load_config(context.obj)
    base_url = next((one.base_url for one in config.publications.values() if one.base_url), "")
    try:
        from broadsheet.web.serving import serve as run
    except ImportError:
        raise ConfigError(
            "the public pages need packages that are not installed", advice="Type: pip install 'broadsheet[web]'"
        ) from None
    try:
        run(
            context.obj, host, port, base_url,
            trusted_proxies=trusted_proxies, ready=lambda address: tell(f"The pages for readers are at {address}"),
        )  # fmt: skip
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}", advice="Name another --port; 0 takes a free one."
        ) from None
