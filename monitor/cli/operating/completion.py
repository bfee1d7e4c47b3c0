"""`completion`: the script by which a shell completes commands, options and names."""

from __future__ import annotations

import click

PROGRAM, VARIABLE = "deal-monitor", "_DEAL_MONITOR_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which SHELL completes commands, options, and the names of commitments, acts, routes and feeds.

    \b
    Put one of these where your shell reads it at its start:
      bash, in ~/.bashrc:  eval "$(deal-monitor completion bash)"
      zsh, in ~/.zshrc:    eval "$(deal-monitor completion zsh)"   (below the line with compinit)
      fish, once:          deal-monitor completion fish > ~/.config/fish/completions/deal-monitor.fish
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(ctx.find_root().command, {}, PROGRAM, VARIABLE).source())
