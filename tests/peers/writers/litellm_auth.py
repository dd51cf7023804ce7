"""Keys of the proxy without a database: "sk-harbour/ACCOUNT" belongs to that user."""
from litellm.proxy._types import UserAPIKeyAuth


async def user_api_key_auth(request, api_key):
    account = (api_key or "").partition("/")[2]
    if not account:
        raise ValueError("no such key")
    return UserAPIKeyAuth(api_key=api_key, user_id=account)
