"""Calls through the LiteLLM proxy, one key an account: litellm_client.py PORT [redacted]"""
import json
import os
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calls import calls


def main():
    port, redacted = sys.argv[1], "redacted" in sys.argv[2:]
    for account, body in calls():
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer sk-harbour/{account}"}
        if redacted:
            headers["litellm-enable-message-redaction"] = "true"
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions",
                                         json.dumps({**body, "model": "large"}).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()
        except urllib.error.HTTPError as e:
            if e.code != 429:
                raise SystemExit(f"the proxy said {e.code}: {e.read()[:300]}")


main()
