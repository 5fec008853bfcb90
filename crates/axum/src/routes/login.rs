//! `POST /login`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::{Credentials, SecondFactor, SignInResult, SignInSuccess};
use zeroize::Zeroizing;

use super::openapi::ProblemDetails;
use crate::{
    Identity,
    answer::{Failure, Json, Refusal},
    authentication::{AccessTokenResponse, Authentication, AuthenticationContext, Persistence},
    dotnet::{
        QueryParameters,
        json::{self, JsonBody},
    },
    limits::LimitedClient,
};

/// Credentials.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginRequest {
    email: String,
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    password: Option<Zeroizing<String>>,
    /// A code from the authenticator app, if the account has two-factor authentication.
    #[schema(value_type = Option<String>)]
    two_factor_code: Option<Zeroizing<String>>,
    /// A recovery code instead.
    #[schema(value_type = Option<String>)]
    two_factor_recovery_code: Option<Zeroizing<String>>,
}

/// What the client gets for its sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignInTarget {
    Tokens,
    Cookie(Persistence),
}

impl SignInTarget {
    pub(super) fn from_query(query: &QueryParameters) -> Result<Self, StatusCode> {
        let cookies = query.boolean("useCookies")?;
        let session_cookies = query.boolean("useSessionCookies")?;
        Ok(match (cookies, session_cookies) {
            (_, Some(true)) => Self::Cookie(Persistence::Session),
            (Some(true), _) => Self::Cookie(Persistence::Persistent),
            _ => Self::Tokens,
        })
    }

    /// Whether the browser is signed in, so that no page of another site may do it.
    pub(super) fn check_site(self, context: &AuthenticationContext) -> Result<(), Failure> {
        match self {
            Self::Cookie(_) => context.refuse_cross_site(),
            Self::Tokens => Ok(()),
        }
    }

    /// Gives it.
    pub(super) async fn give(
        self,
        context: &AuthenticationContext,
        signed_in: SignInSuccess,
    ) -> Result<LoginAnswer, Failure> {
        match self {
            Self::Tokens => {
                let proof = signed_in.proof();
                let tokens = context.tokens(signed_in.principal, proof).await?;
                Ok(LoginAnswer::Tokens(Json(tokens)))
            }
            Self::Cookie(persistence) => {
                set_cookie(context, signed_in, persistence).await?;
                Ok(LoginAnswer::Cookie)
            }
        }
    }
}

/// Signs in and returns a pair of tokens.
///
/// With `useCookies=true` or `useSessionCookies=true` in the query it sets a cookie instead and returns no body; generated clients
/// use `/login/cookie` for that.
// The two parameters are not described: an operation has only one kind of answer, and generated code would fail at the missing
// body.
#[utoipa::path(
    post,
    path = "/login",
    tag = "Identity",
    operation_id = "login",
    request_body(content = LoginRequest, example = json!({"email": "ada@example.com", "password": "Passw0rd!"})),
    responses(
        (status = 200, description = "OK", body = AccessTokenResponse),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn login(
    State(identity): State<Identity>,
    Authentication(context): Authentication,
    client: LimitedClient,
    query: QueryParameters,
    JsonBody(request): JsonBody<LoginRequest>,
) -> Result<LoginAnswer, Refusal> {
    let target = SignInTarget::from_query(&query)?;
    target.check_site(&context)?;
    let signed_in = check(&identity, &context, &client, request).await?;
    Ok(target.give(&context, signed_in).await?)
}

/// What `/login` answers.
pub(super) enum LoginAnswer {
    Tokens(Json<AccessTokenResponse>),
    /// No body; the cookie is in the headers.
    Cookie,
}

impl IntoResponse for LoginAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Tokens(tokens) => tokens.into_response(),
            Self::Cookie => ().into_response(),
        }
    }
}

/// Checks password and second factor, and updates the cookies of the second factor.
pub(super) async fn check(
    identity: &Identity,
    context: &AuthenticationContext,
    client: &LimitedClient,
    request: LoginRequest,
) -> Result<SignInSuccess, Refusal> {
    client.check(LimitedAction::Login, &request.email).await?;
    let Some(password) = &request.password else {
        let refused = identity.sign_in().without_password(&request.email).await?;
        return Err(refusal(identity, refused));
    };
    let result = identity.sign_in().password(Credentials {
        user_name: &request.email,
        password,
        second_factor: SecondFactor::new(
            request.two_factor_code.as_ref().map(|code| code.as_str()),
            request.two_factor_recovery_code.as_ref().map(|code| code.as_str()),
        ),
        remembered_machine: context.remembered_machine().await?,
    });
    let result = result.await?;
    if let Some(seen) = result.remembered_machine {
        context.after_remembered_machine(seen);
    }
    if let Some(user) = &result.second_factor_asked_of {
        context.ask_second_factor(user).await?;
    }
    let signed_in = match result.result {
        SignInResult::Succeeded(signed_in) => *signed_in,
        refused => return Err(refusal(identity, refused)),
    };
    if signed_in.method != AuthenticationMethod::Password {
        context.end_second_factor();
    }
    Ok(signed_in)
}

/// The answer, which does not tell of an account where nobody is to learn of one.
pub(super) fn refusal(identity: &Identity, refused: SignInResult) -> Refusal {
    let tells_nothing = identity.accounts().options().user.conceal_existence;
    Refusal::SignIn(match refused {
        SignInResult::LockedOut | SignInResult::NotAllowed if tells_nothing => SignInResult::Failed,
        refused => refused,
    })
}

/// Signs the browser in.
pub(super) async fn set_cookie(
    context: &AuthenticationContext,
    signed_in: SignInSuccess,
    persistence: Persistence,
) -> Result<(), Failure> {
    let persistence = match signed_in.method {
        // In .NET, too, a sign-in with a recovery code lasts for the browser session only.
        AuthenticationMethod::RecoveryCode => Persistence::Session,
        _ => persistence,
    };
    let is_code = signed_in.method == AuthenticationMethod::Authenticator;
    let machine_of = (is_code && persistence == Persistence::Persistent).then_some(&signed_in.user);
    let proof = signed_in.proof();
    let principal = signed_in.principal;
    context.sign_in(principal, persistence, proof, machine_of).await
}
