"""The journey with openapi-generator's Python client: journey.py http://127.0.0.1:5000 MAIL_FOLDER"""

import sys

from generated_client import (
    ApiClient,
    ApiException,
    Configuration,
    IdentityApi,
    InfoResponse,
    LoginRequest,
    RefreshRequest,
    RegisterRequest,
)

from mailed_link import mailed_link

HOST, MAIL = sys.argv[1:]
EMAIL, PASSWORD = "ada@example.test", "Passw0rd!"


def api(token: str | None = None, cookie: str | None = None) -> IdentityApi:
    configuration = Configuration(host=HOST, access_token=token)
    if cookie:
        configuration.api_key["Cookie"] = cookie
    return IdentityApi(ApiClient(configuration))


def refusal(status: int, call):
    try:
        call()
    except ApiException as refused:
        assert refused.status == status, refused
        return refused.data
    raise AssertionError("nothing was refused")


def show_account(api: IdentityApi) -> None:
    assert api.get_info() == InfoResponse(email=EMAIL, is_email_confirmed=True)


stranger = api()
account = LoginRequest(email=EMAIL, password=PASSWORD)
new_account = RegisterRequest(email=EMAIL, password=PASSWORD)
stranger.register(new_account)
assert "DuplicateUserName" in refusal(400, lambda: stranger.register(new_account)).errors
assert refusal(401, lambda: stranger.login(account)).detail == "NotAllowed"

user_id, code = mailed_link(MAIL)
assert stranger.confirm_email(user_id, code) == "Thank you for confirming your email."

tokens = stranger.login(account)
assert tokens.expires_in == 3600
show_account(api(token=tokens.access_token))
tokens = stranger.refresh(RefreshRequest(refresh_token=tokens.refresh_token))
show_account(api(token=tokens.access_token))

login = stranger.login_with_cookie_with_http_info(account)
assert login.data is None
name, _, value = login.headers["set-cookie"].split(";")[0].partition("=")
browser = api(cookie=value)
assert browser.api_client.configuration.auth_settings()["Cookie"]["key"] == name
show_account(browser)
browser.logout({})
refusal(401, stranger.get_info)
print("test result: ok. openapi-generator for Python")
