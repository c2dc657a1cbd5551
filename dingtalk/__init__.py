"""DingTalk's custom group robots: signing, webhooks, payloads, replies and the HTTP call.

Pure: no Django, no settings, no clock. What it knows about DingTalk, and how sure that is, stands in docs/protocol.md.
"""
