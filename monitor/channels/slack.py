"""Slack, by bot token or by incoming webhook. The retries of the client are off, because after a lost answer only the
outbox may send again. No error contains a token or a webhook address."""

from __future__ import annotations

import http.client
import logging
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import chain, islice
from time import monotonic
from typing import Any, TypeVar
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from monitor.channels.network_errors import network_error_text
from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError

Payload = Mapping[str, Any]
T = TypeVar("T")


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The error codes of Slack's Web API (docs.slack.dev), by their consequence.
CHANNEL_BROKEN_CODES = _codes(
    "invalid_auth not_authed token_revoked token_expired account_inactive missing_scope no_permission "
    "org_login_required ekm_access_denied team_access_not_granted access_denied no_service invalid_token no_team "
    "team_disabled action_prohibited"
)
"""The channel cannot be used until a person repairs the token, the scopes or the webhook."""
UNDELIVERABLE_CODES = _codes(
    "channel_not_found is_archived not_in_channel restricted_action restricted_action_read_only_channel "
    "cannot_dm_bot user_not_found channel_is_archived user_is_bot posting_to_general_channel_denied"
)
"""This conversation cannot be posted to."""
LAYOUT_ERROR_CODES = _codes(
    "invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text invalid_payload "
    "invalid_attachments too_many_attachments metadata_too_large invalid_metadata_format invalid_metadata_schema "
    "block_mismatch"
)
"""Slack refuses the layout: the text is sent again without it."""
LOST_THREAD_CODES = _codes("thread_not_found message_not_found cannot_reply_to_message")
UNEDITABLE_CODES = LOST_THREAD_CODES | _codes("cant_update_message edit_window_closed update_failed invalid_ts")
"""This message cannot be edited, now or later."""

MEND_ACCESS = "set a valid bot token (xoxb-…) as DEAL_MONITOR_SLACK__TOKEN"
NEW_WEBHOOK = "create a new incoming webhook and set it as DEAL_MONITOR_SLACK__WEBHOOK"
ASK_ADMIN = "ask an administrator of the Slack workspace to allow the app"
REMEDIES = {
    **dict.fromkeys(_codes("invalid_auth not_authed token_revoked token_expired account_inactive"), MEND_ACCESS),
    **dict.fromkeys(_codes("no_service invalid_token no_team"), NEW_WEBHOOK),
    **dict.fromkeys(_codes("team_disabled action_prohibited org_login_required ekm_access_denied"), ASK_ADMIN),
    **dict.fromkeys(_codes("no_permission team_access_not_granted access_denied"), ASK_ADMIN),
    "missing_scope": "give the Slack app the scope {needed} (OAuth & Permissions at "
    "api.slack.com/apps) and install it again",
    "unknown_method": "slack.api_url is a server without this method: correct it, or leave it out",
    "not_in_channel": "invite the bot to the channel (/invite in it)",
    "channel_not_found": "correct the route's channel, or invite the bot to it if it is private",
}
"""The remedy for a code. {needed}: the scope that Slack names, else the one for posting."""
TOKEN_CODES = _codes("invalid_auth not_authed token_revoked token_expired account_inactive missing_scope")
"""Slack refuses the token, not the message."""

CHANNEL_ID = re.compile("[CGD][A-Z0-9]+")
SCOPES = re.compile("[a-z:_.]{3,40}(, ?[a-z:_.]{3,40}){0,5}")
FALLBACK_TEXT_LIMIT = 3000
LOOKUP_PAGES = 5
LOOKUP_PAGE_SIZE = 200
LOOKUP_TIMEOUT = 20.0
"""Limits of a look-up (estimates: a channel has a few messages a day)."""
CLOCK_SKEW = timedelta(minutes=10)
"""Possible difference between Slack's clock and ours (estimate)."""
RETRY_AFTER_LIMITS = (1.0, 3600.0)
"""Minimum and maximum seconds to wait (estimates)."""
DEFAULT_RETRY_AFTER = 30.0
"""Seconds to wait if Slack does not say (estimate)."""
CLIENT_LOGGER = logging.getLogger("monitor.channels.slack.client")
CLIENT_LOGGER.propagate = False
CLIENT_LOGGER.setLevel(logging.CRITICAL)
"""The client logs addresses and bodies; our errors contain the necessary part."""


class SlackChannel:
    """Posts with a bot token by chat.postMessage. timeout: seconds for connecting and for the answer."""

    def __init__(self, token: str, *, base_url: str = "https://slack.com/api/", timeout: int = 15) -> None:
        self._client = WebClient(
            token=token, base_url=base_url, timeout=timeout, retry_handlers=[], logger=CLIENT_LOGGER
        )
        self._ids: dict[str, str] = {}

    def send(self, payload: Payload) -> DeliveryReceipt:
        """Post one message, if necessary without its layout or thread. Raises ChannelError."""

        def post(payload: Payload) -> DeliveryReceipt:
            answer = self._client.chat_postMessage(**payload)
            stamp = str(answer.get("ts") or "")
            self._ids[to] = str(answer.get("channel") or "")
            return DeliveryReceipt(ref=stamp, thread=payload.get("thread_ts") or stamp or None)

        to = str(payload.get("channel", ""))
        return _post_with_fallbacks(post, payload, to)

    def check(self) -> str:
        """Ask Slack whether the token works; returns workspace and bot name. Raises ChannelError."""
        answer = _called(self._client.auth_test, "slack")
        return f"{answer.get('team', '')}/{answer.get('user', '')}"

    def scopes(self) -> frozenset[str] | None:
        """The scopes of the token; None if Slack does not say. Raises ChannelError."""
        headers = _called(self._client.auth_test, "slack").headers
        given = next((value for key, value in headers.items() if key.lower() == "x-oauth-scopes"), None)
        text = given[0] if isinstance(given, list) else given
        return frozenset(scope.strip() for scope in text.split(",")) if text else None

    def update(self, payload: Payload) -> None:
        """Edit a posted message; it is safe to repeat. Raises ChannelError."""
        to = str(payload.get("channel", ""))
        try:
            channel = self._id_of(to)
            _called(lambda: self._client.chat_update(**{**payload, "channel": channel}), to)
        except _RefusedError as error:
            if error.code in UNEDITABLE_CODES:
                raise ChannelError(str(error), subject=to, permanent=True) from None
            raise

    def find(self, message: OutboundMessage, since: datetime) -> DeliveryReceipt | None:
        """Find a message that Slack may have accepted at or after `since`; None if it is missing or Slack refuses the
        look-up. The number of requests and the time are limited. Raises ChannelError if Slack cannot answer now."""
        ends = monotonic() + LOOKUP_TIMEOUT
        try:
            for page in islice(self._messages_around(message, since - CLOCK_SKEW), LOOKUP_PAGES):
                for posted in page:
                    metadata = posted.get("metadata") or {}
                    ours = metadata.get("event_type") == "deal_monitor_message"
                    if ours and (metadata.get("event_payload") or {}).get("message_id") == message.message_id:
                        stamp = str(posted["ts"])
                        return DeliveryReceipt(ref=stamp, thread=str(posted.get("thread_ts") or stamp))
                if monotonic() > ends:
                    break
        except _RefusedError:
            return None
        except ChannelError as error:
            # A look-up is safe to repeat, so its failure is not uncertain.
            raise ChannelError(f"look-up: {error}", subject=message.to, retry_after=error.retry_after) from None
        return None

    def lookup_refusal(self, to: str) -> str:
        """Slack's code if the messages of a channel cannot be read; '' if they can. Raises ChannelError."""
        try:
            place = {"channel": self._id_of(to), "include_all_metadata": True}
            next(self._pages("conversations.history", place, limit=1))
        except _RefusedError as error:
            return error.code
        return ""

    # ------------------------------------------------------------ requests

    def _messages_around(self, message: OutboundMessage, since: datetime) -> Iterator[list[Any]]:
        """Pages of messages: those of its thread, then those of the channel, where it is if the thread was deleted."""
        place = {"channel": self._id_of(message.to), "oldest": f"{since.timestamp():.6f}", "include_all_metadata": True}
        if message.thread:
            with suppress(_RefusedError):  # a deleted thread does not concern the channel
                yield from self._pages("conversations.replies", {**place, "ts": message.thread})
        yield from self._pages("conversations.history", place)

    def _pages(
        self, method: str, asked: Payload, key: str = "messages", limit: int = LOOKUP_PAGE_SIZE
    ) -> Iterator[list[Any]]:
        """The pages of a list, each requested when it is needed."""
        params = {**asked, "limit": limit}
        while True:
            request = partial(self._client.api_call, method, http_verb="GET", params=params)
            answer: Any = _called(request, "slack").data
            yield answer.get(key) or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            params = {**params, "cursor": cursor}

    def _id_of(self, to: str) -> str:
        """The id of a channel, because only posting accepts a name. An unknown name is returned as it is."""
        if not CHANNEL_ID.fullmatch(to) and not self._ids.get(to):
            kinds = {"types": "public_channel,private_channel", "exclude_archived": True}
            pages = islice(self._pages("conversations.list", kinds, "channels"), LOOKUP_PAGES)
            for channel in chain.from_iterable(pages):
                if str(channel.get("name")) == to.lstrip("#"):
                    self._ids[to] = str(channel.get("id"))
                    break
            else:
                self._ids[to] = to
        return self._ids.get(to) or to


class SlackWebhook:
    """Posts to one channel by its incoming webhook, without threads and references."""

    def __init__(self, url: str, *, timeout: int = 15) -> None:
        self._client = WebhookClient(url, timeout=timeout, retry_handlers=[], logger=CLIENT_LOGGER)

    def send(self, payload: Payload) -> DeliveryReceipt:
        """Post one message, if necessary without its layout. Raises ChannelError."""
        kept = ("text", "blocks", "unfurl_links", "unfurl_media", "metadata")

        def post(payload: Payload) -> DeliveryReceipt:
            answer = self._client.send_dict(dict(payload))
            if answer.status_code == HTTPStatus.OK and answer.body.strip() == "ok":
                return DeliveryReceipt(ref="webhook")
            raise _error_of_response(answer.status_code, answer.body.strip(), answer.headers, "webhook")

        return _post_with_fallbacks(post, {key: payload[key] for key in kept if key in payload}, "webhook")


class _RefusedError(ChannelError):
    """A ChannelError with Slack's code."""

    code = ""


# ---------------------------------------------------------------- posting and failures


def _post_with_fallbacks(post: Callable[[Payload], DeliveryReceipt], payload: Payload, subject: str) -> DeliveryReceipt:
    """Post; after a refusal of the layout, the metadata or the thread, again without it. Raises ChannelError."""
    while True:
        try:
            return _called(partial(post, payload), subject)
        except _RefusedError as error:
            if error.code in LOST_THREAD_CODES:
                refused: tuple[str, ...] = ("thread_ts", "reply_broadcast")
            elif error.code in LAYOUT_ERROR_CODES:
                refused = ("metadata",) if "metadata" in error.code else ("blocks", "attachments")
            else:
                raise
            if not any(payload.get(key) for key in refused):
                raise
            payload = {key: value for key, value in payload.items() if key not in refused}
            if "blocks" not in payload:  # without a layout, a short text
                text = str(payload.get("text") or "A message of the deal monitor has no text; see its outbox.")
                payload["text"] = text[:FALLBACK_TEXT_LIMIT]


def _called(request: Callable[[], T], subject: str) -> T:
    """The result of one request. Raises ChannelError for any failure."""
    try:
        return request()
    except ChannelError:
        raise
    except Exception as error:  # noqa: BLE001 - the errors of the client are not documented
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(error, SlackApiError):
            answer = error.response
            code = str(answer.get("error", "")) if isinstance(answer.data, dict) else ""
            needed = str(answer.get("needed", "")) if code == "missing_scope" else ""
            failure = _error_of_response(answer.status_code, code, answer.headers, subject, needed)
        elif isinstance(cause, (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)):
            # No address, connection or trusted certificate: Slack has not received the request.
            text = f"Slack cannot be reached: {network_error_text(error)}; check the network, and slack.api_url"
            failure = ChannelError(text, subject=subject)
        elif isinstance(error, (OSError, http.client.HTTPException, UnicodeError)):
            text = (
                f"Slack's answer was lost ({network_error_text(error) or type(cause).__name__}); the message may "
                "have arrived"
            )
            failure = ChannelError(text, subject=subject, uncertain=True)
        elif isinstance(error, SlackClientError):
            failure = ChannelError(f"Slack's client failed: {type(error).__name__}", subject=subject)
        else:
            text = f"the message cannot be posted: {type(error).__name__}"
            failure = ChannelError(text, subject=subject, permanent=True)
        # `from None`, because the errors of the client contain the secret address of the webhook.
        raise failure from None


def _error_of_response(
    status: int, code: str, headers: Mapping[str, Any], subject: str, needed: str = ""
) -> ChannelError:
    """The error for an unsuccessful answer. needed: the missing scopes, if Slack names them."""
    # If an answer is not JSON, the client takes its whole body as the code.
    known = code if code.replace("_", "").isalnum() and len(code) < 60 else ""
    if status == HTTPStatus.TOO_MANY_REQUESTS or known in ("ratelimited", "rate_limited"):
        raw = next((value for key, value in headers.items() if key.lower() == "retry-after"), None)
        try:
            seconds = float(raw[0] if isinstance(raw, list) else raw) if raw is not None else DEFAULT_RETRY_AFTER
        except ValueError:
            seconds = DEFAULT_RETRY_AFTER
        # NaN is not >= 0 either.
        asked = seconds if seconds >= 0 else DEFAULT_RETRY_AFTER
        wait = min(max(asked, RETRY_AFTER_LIMITS[0]), RETRY_AFTER_LIMITS[1])
        return ChannelError("Slack asks to slow down", subject=subject, retry_after=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not known:
        return ChannelError(f"Slack answered {status} without an error code", subject=subject)
    broken, undeliverable = known in CHANNEL_BROKEN_CODES, known in UNDELIVERABLE_CODES
    remedy = REMEDIES.get(known, "check the route's channel" if undeliverable else "")
    scope = needed if SCOPES.fullmatch(needed) else "chat:write"
    permanent = undeliverable or known in LAYOUT_ERROR_CODES
    what = "the token" if known in TOKEN_CODES else "the message"
    text = f"Slack refused {what}: {known}" + (f"; {remedy.format(needed=scope)}" if remedy else "")
    error = _RefusedError(text, subject=subject, broken=broken, permanent=permanent)
    error.code = known
    return error
