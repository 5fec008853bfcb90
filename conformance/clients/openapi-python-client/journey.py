"""The journey with openapi-python-client: journey.py http://127.0.0.1:5000 MAIL_FOLDER"""

import sys

from generated_httpx_client import AuthenticatedClient, Client
from generated_httpx_client.api.identity import (
    confirm_email,
    get_info,
    login,
    login_with_cookie,
    logout,
    refresh,
    register,
)
from generated_httpx_client.models import (
    AccessTokenResponse,
    HttpValidationProblemDetails,
    InfoResponse,
    LoginRequest,
    ProblemDetails,
    RefreshRequest,
    RegisterRequest,
)

from mailed_link import mailed_link

HOST, MAIL = sys.argv[1:]
EMAIL, PASSWORD = "ada@example.test", "Passw0rd!"


def show_account(client: AuthenticatedClient | Client) -> None:
    info = get_info.sync(client=client)
    assert info == InfoResponse(email=EMAIL, is_email_confirmed=True), info


def with_token(tokens: object) -> AuthenticatedClient:
    assert isinstance(tokens, AccessTokenResponse), tokens
    return AuthenticatedClient(HOST, tokens.access_token, raise_on_unexpected_status=True)


stranger = Client(HOST, raise_on_unexpected_status=True)
account = LoginRequest(email=EMAIL, password=PASSWORD)
new_account = RegisterRequest(email=EMAIL, password=PASSWORD)
assert register.sync_detailed(client=stranger, body=new_account).status_code == 200
again = register.sync(client=stranger, body=new_account)
assert isinstance(again, HttpValidationProblemDetails) and "DuplicateUserName" in again.errors, again
unconfirmed = login.sync(client=stranger, body=account)
assert isinstance(unconfirmed, ProblemDetails) and unconfirmed.detail == "NotAllowed", unconfirmed

user_id, code = mailed_link(MAIL)
thanks = confirm_email.sync(client=stranger, user_id=user_id, code=code)
assert thanks == "Thank you for confirming your email.", thanks

tokens = login.sync(client=stranger, body=account)
assert isinstance(tokens, AccessTokenResponse) and tokens.expires_in == 3600, tokens
show_account(with_token(tokens))
show_account(with_token(refresh.sync(client=stranger, body=RefreshRequest(tokens.refresh_token))))

browser = Client(HOST, raise_on_unexpected_status=True)
assert login_with_cookie.sync_detailed(client=browser, body=account).status_code == 200
show_account(browser)
assert logout.sync_detailed(client=browser, body={}).status_code == 200
assert get_info.sync_detailed(client=browser).status_code == 401
print("test result: ok. openapi-python-client")
