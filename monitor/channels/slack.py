"""Slack, by bot token or by incoming webhook.

The client's own retries are off: it would send again after a lost answer, and only the outbox may decide that.
Nothing here repeats a token or a webhook address in an error.
"""

from __future__ import annotations

import http.client
import logging
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from time import monotonic
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from monitor.domain.messages.models import DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError

Payload = Mapping[str, Any]

CHANNEL_BROKEN_CODES = frozenset({
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope",
    "no_permission", "org_login_required", "ekm_access_denied", "team_access_not_granted", "access_denied",
    "no_service", "invalid_token", "no_team", "team_disabled", "action_prohibited",
})  # fmt: skip
"""The whole channel is unusable until a person repairs the token, the scopes or the webhook."""
UNDELIVERABLE_CODES = frozenset({
    "channel_not_found", "is_archived", "not_in_channel", "restricted_action", "restricted_action_read_only_channel",
    "cannot_dm_bot", "user_not_found", "channel_is_archived", "user_is_bot", "posting_to_general_channel_denied",
})  # fmt: skip
"""This one conversation cannot be posted to."""
LAYOUT_ERROR_CODES = frozenset({
    "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_payload",
    "invalid_attachments", "too_many_attachments", "metadata_too_large", "invalid_metadata_format",
    "invalid_metadata_schema", "block_mismatch",
})  # fmt: skip
"""Slack does not like the layout: the words are sent once more without it."""
LAYOUT, METADATA = ("blocks", "attachments"), ("metadata",)
LOST_THREAD_CODES = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})
UNEDITABLE_CODES = LOST_THREAD_CODES | {"cant_update_message", "edit_window_closed", "update_failed", "invalid_ts"}
"""This message cannot be rewritten, now or later."""

CHANNEL_ID = re.compile("[CGD][A-Z0-9]+")

FALLBACK_TEXT_LIMIT = 3000
LOOKUP_PAGES = 5
LOOKUP_PAGE_SIZE = 200
LOOKUP_TIMEOUT = 20.0
"""A look-up is given up after so many pages of so many messages, or after so long."""
CLOCK_SKEW = timedelta(minutes=10)
"""How far Slack's clock and ours may differ."""
RETRY_AFTER_LIMITS = (1.0, 3600.0)
DEFAULT_RETRY_AFTER = 30.0
CLIENT_LOGGER = logging.getLogger("monitor.channels.slack.client")
CLIENT_LOGGER.propagate = False
CLIENT_LOGGER.setLevel(logging.CRITICAL)
"""The client logs addresses and bodies; what matters of them is in our own errors."""


class SlackChannel:
    """Posts with a bot token by chat.postMessage. timeout: seconds for connecting and for the answer."""

    def __init__(self, token: str, *, base_url: str = "https://slack.com/api/", timeout: int = 15) -> None:
        self._client = WebClient(
            token=token, base_url=base_url, timeout=timeout, retry_handlers=[], logger=CLIENT_LOGGER
        )
        self._ids: dict[str, str] = {}

    def send(self, payload: Payload) -> DeliveryReceipt:
        """Post one message. Raises ChannelError; a refused layout or a lost thread is mended once before that."""
        return _post_with_fallbacks(self._post, payload, str(payload.get("channel", "")))

    def check(self) -> str:
        """Ask Slack whether the token works; returns workspace and bot name. Raises ChannelError."""
        try:
            answer = self._client.auth_test()
        except Exception as error:  # noqa: BLE001 - what the client raises for a strange answer is not documented
            raise _classified(error, "slack") from None
        return f"{answer.get('team', '')}/{answer.get('user', '')}"

    def update(self, payload: Payload) -> None:
        """Rewrite a message that was posted before. Raises ChannelError; repeating it does no harm."""
        to = str(payload.get("channel", ""))
        try:
            _posted(self._rewrite, {**payload, "channel": self._id_of(to)}, to)
        except _RefusedError as error:
            if error.code in UNEDITABLE_CODES:
                raise ChannelError(str(error), subject=to, permanent=True) from None
            raise

    def find(self, parcel: OutboundMessage, since: datetime) -> DeliveryReceipt | None:
        """A message that may have been taken at or after `since`; None if it is not there or Slack does not let us look.

        Raises ChannelError when Slack cannot be asked now and may be later; bounded in requests and in time.
        """
        ends = monotonic() + LOOKUP_TIMEOUT
        try:
            for page in islice(self._said(parcel, since - CLOCK_SKEW), LOOKUP_PAGES):
                found = next((message for message in page if _has_message_id(message, parcel.message_id)), None)
                if found is not None:
                    stamp = str(found["ts"])
                    return DeliveryReceipt(ref=stamp, thread=str(found.get("thread_ts") or stamp))
                if monotonic() > ends:
                    break
        except _RefusedError:
            return None
        except ChannelError as error:
            # Asking again is always safe: only a message whose answer was lost is uncertain.
            raise ChannelError(f"look-up: {error}", subject=parcel.to, retry_after=error.retry_after) from None
        return None

    def lookup_refusal(self, to: str) -> str:
        """Why what was said in a place cannot be looked up, in Slack's word; '' if it can. Raises ChannelError."""
        try:
            self._ask("conversations.history", channel=self._id_of(to), limit=1, include_all_metadata=True)
        except _RefusedError as error:
            return error.code
        return ""

    # ------------------------------------------------------------ requests

    def _post(self, payload: Payload) -> DeliveryReceipt:
        answer = self._client.chat_postMessage(**payload)
        stamp = str(answer.get("ts") or "")
        self._ids[str(payload.get("channel", ""))] = str(answer.get("channel") or "")
        return DeliveryReceipt(ref=stamp, thread=payload.get("thread_ts") or stamp or None)

    def _rewrite(self, payload: Payload) -> DeliveryReceipt:
        self._client.chat_update(**payload)
        return DeliveryReceipt(ref=str(payload.get("ts", "")))

    def _said(self, parcel: OutboundMessage, since: datetime) -> Iterator[list[Any]]:
        """What was said where the message would be: in its thread, and in the channel, where it is if the thread is gone."""
        place = {"channel": self._id_of(parcel.to), "oldest": f"{since.timestamp():.6f}", "include_all_metadata": True}
        replies = _pages_if_allowed(self._pages("conversations.replies", {**place, "ts": parcel.thread}))
        history = self._pages("conversations.history", place)
        return chain(replies, history) if parcel.thread else history

    def _pages(self, method: str, asked: Payload, key: str = "messages") -> Iterator[list[Any]]:
        """The pages of a list, asked for one by one as they are wanted."""
        cursor = ""
        while True:
            answer = self._ask(method, **asked, limit=LOOKUP_PAGE_SIZE, cursor=cursor or None)
            yield answer.get(key) or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _ask(self, method: str, **asked: Any) -> Any:
        params = {key: value for key, value in asked.items() if value is not None}
        try:
            return self._client.api_call(method, http_verb="GET", params=params).data
        except Exception as error:  # noqa: BLE001 - what the client raises for a strange answer is not documented
            raise _classified(error, "slack") from None

    def _id_of(self, to: str) -> str:
        """A channel's id: names are good enough to post to, and for nothing else."""
        if not CHANNEL_ID.fullmatch(to) and not self._ids.get(to):
            name = to.lstrip("#")
            self._ids[to] = next((key for key, said in self._channels() if said == name), to)
        return self._ids.get(to) or to

    def _channels(self) -> Iterator[tuple[str, str]]:
        kinds = {"types": "public_channel,private_channel", "exclude_archived": True}
        for page in islice(self._pages("conversations.list", kinds, "channels"), LOOKUP_PAGES):
            yield from ((str(one.get("id")), str(one.get("name"))) for one in page)


class SlackWebhook:
    """Posts to one channel by its incoming webhook: no threads, no reference to come back to."""

    def __init__(self, url: str, *, timeout: int = 15) -> None:
        self._client = WebhookClient(url, timeout=timeout, retry_handlers=[], logger=CLIENT_LOGGER)

    def send(self, payload: Payload) -> DeliveryReceipt:
        """Post one message. Raises ChannelError; a refused layout is mended once before that."""
        kept = ("text", "blocks", "unfurl_links", "unfurl_media", "metadata")
        return _post_with_fallbacks(self._post, {key: payload[key] for key in kept if key in payload}, "webhook")

    def _post(self, payload: Payload) -> DeliveryReceipt:
        answer = self._client.send_dict(dict(payload))
        if answer.status_code == http.HTTPStatus.OK and answer.body.strip() == "ok":
            return DeliveryReceipt(ref="webhook")
        raise _error_of_response(answer.status_code, answer.body.strip(), answer.headers, "webhook")


class _RefusedError(ChannelError):
    """A ChannelError that still knows Slack's word for it."""

    code = ""


def _has_message_id(message: Any, message_id: str) -> bool:
    """Whether this is the message of that id, by the metadata that it was posted with."""
    metadata = message.get("metadata") or {}
    ours = metadata.get("event_type") == "deal_monitor_message"
    return bool(ours and (metadata.get("event_payload") or {}).get("message_id") == message_id)


def _pages_if_allowed(pages: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The pages, none if Slack refuses them: a thread that was deleted says nothing of the channel around it."""
    try:
        yield from pages
    except _RefusedError:
        return


def _post_with_fallbacks(post: Callable[[Payload], DeliveryReceipt], payload: Payload, subject: str) -> DeliveryReceipt:
    """Post; after a refusal that plainer words or a fresh thread would cure, once more, each cure once."""
    while True:
        try:
            return _posted(post, payload, subject)
        except _RefusedError as error:
            cured = _without_refused_part(payload, error.code)
            if cured is None:
                raise
            payload = cured


def _without_refused_part(payload: Payload, code: str) -> Payload | None:
    """The message without what Slack refused in it; None if there is nothing to leave out."""
    if code in LOST_THREAD_CODES:
        refused: tuple[str, ...] = ("thread_ts", "reply_broadcast")
    elif code in LAYOUT_ERROR_CODES:
        refused = METADATA if "metadata" in code else LAYOUT
    else:
        return None
    return _without(payload, refused) if any(payload.get(key) for key in refused) else None


def _without(payload: Payload, left_out: Collection[str]) -> Payload:
    kept = {key: value for key, value in payload.items() if key not in left_out}
    return kept if "blocks" in kept else fallback_text(kept)


def fallback_text(payload: Payload) -> dict[str, Any]:
    """A message without layout: its text within what Slack surely takes."""
    text = str(payload.get("text") or "A message of the deal monitor could not be laid out; see its outbox.")
    return {**payload, "text": text[:FALLBACK_TEXT_LIMIT]}


def _posted(post: Callable[[Payload], DeliveryReceipt], payload: Payload, subject: str) -> DeliveryReceipt:
    try:
        return post(payload)
    except ChannelError:
        raise
    except Exception as error:  # noqa: BLE001 - what the client raises for a strange answer is not documented
        # `from None`: the client's errors carry the request, and with it the webhook's secret address.
        raise _classified(error, subject) from None


def _classified(error: Exception, subject: str) -> ChannelError:
    if isinstance(error, SlackApiError):
        answer = error.response
        code = str(answer.get("error", "")) if isinstance(answer.data, dict) else ""
        return _error_of_response(answer.status_code, code, answer.headers, subject)
    if _never_arrived(error):
        return ChannelError(f"Slack cannot be reached: {_cause(error)}", subject=subject)
    if isinstance(error, (OSError, http.client.HTTPException, UnicodeError)):
        text = f"Slack's answer was lost ({_cause(error)}); the message may have arrived"
        return ChannelError(text, subject=subject, uncertain=True)
    if isinstance(error, SlackClientError):
        return ChannelError(f"Slack's client failed: {type(error).__name__}", subject=subject)
    return ChannelError(f"the message cannot be posted: {type(error).__name__}", subject=subject, permanent=True)


def _never_arrived(error: Exception) -> bool:
    """True when no byte of the request can have been taken: no address, no connection, no trusted certificate."""
    cause = error.reason if isinstance(error, URLError) else error
    return isinstance(cause, (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError))


def _cause(error: Exception) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    return type(cause).__name__


def _error_of_response(status: int, code: str, headers: Mapping[str, Any], subject: str) -> ChannelError:
    """What an answer other than success means."""
    # An answer that is not JSON puts its whole body where the code should be.
    known = code if code.replace("_", "").isalnum() and len(code) < 60 else ""
    if status == http.HTTPStatus.TOO_MANY_REQUESTS or known in ("ratelimited", "rate_limited"):
        return ChannelError("Slack asks to slow down", subject=subject, retry_after=_retry_after(headers))
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or not known:
        return ChannelError(f"Slack answered {status} without a message of its own", subject=subject)
    error = _RefusedError(
        f"Slack refused the message: {known}{_remedy(known)}",
        subject=subject,
        broken=known in CHANNEL_BROKEN_CODES,
        permanent=known in UNDELIVERABLE_CODES or known in LAYOUT_ERROR_CODES,
    )
    error.code = known
    return error


def _remedy(code: str) -> str:
    if code in CHANNEL_BROKEN_CODES:
        return "; repair the token, its scopes or the webhook in the configuration"
    if code == "not_in_channel":
        return "; invite the bot to the channel"
    return "; check the route's channel" if code in UNDELIVERABLE_CODES else ""


def _retry_after(headers: Mapping[str, Any]) -> float:
    """Seconds to wait, within 1 s and 1 h; 30 s when Slack named none that can be read."""
    raw = next((value for key, value in headers.items() if key.lower() == "retry-after"), None)
    try:
        seconds = float(raw[0] if isinstance(raw, list) else raw) if raw is not None else DEFAULT_RETRY_AFTER
    except ValueError:
        seconds = DEFAULT_RETRY_AFTER
    # Not a number compares false with everything, so it counts as unsaid too.
    asked = seconds if seconds >= 0 else DEFAULT_RETRY_AFTER
    return min(max(asked, RETRY_AFTER_LIMITS[0]), RETRY_AFTER_LIMITS[1])
