//! `POST /login`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wicketgate_identity::{AuthenticationMethod, Credentials, SecondFactor, SignInResult, SignInSuccess};
use zeroize::Zeroizing;

use crate::{
    Identity,
    authentication::{AccessTokenResponse, Authentication, AuthenticationContext, Persistence},
    json::{self, JsonBody},
    openapi::ProblemDetails,
    problem::{Failure, sign_in_refused},
    query::QueryParameters,
};

/// What somebody shows to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginRequest {
    email: String,
    #[serde(deserialize_with = "json::present")]
    #[schema(value_type = String)]
    password: Option<Zeroizing<String>>,
    /// The authenticator's code, if the account asks for one.
    #[schema(value_type = Option<String>)]
    two_factor_code: Option<Zeroizing<String>>,
    /// Or one of the recovery codes.
    #[schema(value_type = Option<String>)]
    two_factor_recovery_code: Option<Zeroizing<String>>,
}

/// Where the sign-in is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignInTarget {
    Tokens,
    Cookie(Persistence),
}

impl SignInTarget {
    fn from_query(query: &QueryParameters) -> Result<Self, StatusCode> {
        let cookies = query.boolean("useCookies")?;
        let session_cookies = query.boolean("useSessionCookies")?;
        Ok(match (cookies, session_cookies) {
            (_, Some(true)) => Self::Cookie(Persistence::Session),
            (Some(true), _) => Self::Cookie(Persistence::Persistent),
            _ => Self::Tokens,
        })
    }
}

/// Signs in with a pair of tokens.
///
/// With `useCookies=true` or `useSessionCookies=true` in the query it signs in with a cookie and answers without a body.
/// Clients that are generated from this description use `/login/cookie` for that.
// The two parameters are not described: one operation can have one kind of answer only, and generated code fails over the
// missing body after the sign-in succeeded.
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
    query: QueryParameters,
    JsonBody(request): JsonBody<LoginRequest>,
) -> Result<Response, Failure> {
    match SignInTarget::from_query(&query) {
        Ok(target) => log_in(&identity, &context, target, request).await,
        Err(refusal) => Ok(refusal.into_response()),
    }
}

pub(super) async fn log_in(
    identity: &Identity,
    context: &AuthenticationContext,
    target: SignInTarget,
    request: LoginRequest,
) -> Result<Response, Failure> {
    let Some(password) = &request.password else {
        let refused = identity.sign_in().without_password(&request.email).await?;
        return Ok(sign_in_refused(&refused));
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
    match result.result {
        SignInResult::Succeeded(signed_in) => sign_in(identity, context, target, *signed_in).await,
        refused => Ok(sign_in_refused(&refused)),
    }
}

async fn sign_in(
    identity: &Identity,
    context: &AuthenticationContext,
    target: SignInTarget,
    signed_in: SignInSuccess,
) -> Result<Response, Failure> {
    if signed_in.method != AuthenticationMethod::Password {
        context.end_second_factor();
    }
    let persistence = match target {
        SignInTarget::Tokens => return json::ok(&identity.schemes().bearer.issue(signed_in.principal).await?),
        SignInTarget::Cookie(persistence) => persistence,
    };
    let persistence = match signed_in.method {
        AuthenticationMethod::Password => persistence,
        AuthenticationMethod::Authenticator => {
            if persistence == Persistence::Persistent {
                context.remember_machine(&signed_in.user).await?;
            }
            persistence
        }
        // .NET's sign-in with a recovery code does not ask for persistence.
        AuthenticationMethod::RecoveryCode => Persistence::Session,
    };
    context.sign_in(signed_in.principal, persistence).await?;
    Ok(StatusCode::OK.into_response())
}
