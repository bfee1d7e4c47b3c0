"""How messages leave: one small file a channel.

No connection of this program uses a proxy from the environment: neither feeds nor the model, whose addresses are
checked here, nor the channels, whose messages and secrets would pass through it.
"""

from __future__ import annotations

import os

os.environ["no_proxy"] = "*"  # which urllib and requests heed, and with them the clients of Slack and apprise
