//! `POST /manage/2fa`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wicketgate_identity::limit::LimitedAction;
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::observer::{self, Observation};
use wicketgate_identity::second_factor::{AcceptedCode, RecoveryCodes};
use wicketgate_identity::sign_in::RememberedMachine;
use wicketgate_identity::{Accounts, IdentityError, User};
use zeroize::Zeroizing;

use super::openapi::HttpValidationProblemDetails;
use crate::{
    Identity, SignedIn,
    answer::{Failure, Json, Refusal},
    authentication::{Authentication, AuthenticationContext},
    dotnet::json::{self, JsonBody},
    guard::fresh,
    limits::LimitedClient,
};

/// Changes to two-factor authentication. An empty object changes nothing.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TwoFactorRequest {
    /// Turns two-factor authentication on or off.
    enable: Option<bool>,
    /// A code from the authenticator app, required to turn it on.
    #[schema(value_type = Option<String>)]
    two_factor_code: Option<Zeroizing<String>>,
    /// Creates a new authenticator key, and turns two-factor authentication off.
    #[serde(default)]
    #[schema(required = false)]
    reset_shared_key: bool,
    /// Creates new recovery codes.
    #[serde(default)]
    #[schema(required = false)]
    reset_recovery_codes: bool,
    /// Requires the second factor from this browser again.
    #[serde(default)]
    #[schema(required = false)]
    forget_machine: bool,
    /// The account's password, where turning two-factor authentication off requires it.
    #[serde(default, deserialize_with = "json::text_if_any")]
    #[schema(value_type = Option<String>)]
    password: Option<Zeroizing<String>>,
}

impl TwoFactorRequest {
    /// Whether it does more than show what there is.
    fn changes_or_checks_something(&self) -> bool {
        let is_given = |text: &Option<Zeroizing<String>>| text.as_ref().is_some_and(|text| !text.is_empty());
        self.enable.is_some()
            || self.reset_shared_key
            || self.reset_recovery_codes
            || is_given(&self.two_factor_code)
            || is_given(&self.password)
    }
}

/// The state of two-factor authentication.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TwoFactorResponse {
    /// The authenticator key in base32.
    shared_key: String,
    #[schema(value_type = i32)]
    recovery_codes_left: usize,
    /// The new recovery codes, if they were created. They are not shown again.
    recovery_codes: Option<Vec<String>>,
    is_two_factor_enabled: bool,
    /// Whether this browser skips the second factor.
    is_machine_remembered: bool,
}

/// Shows and changes two-factor authentication for the signed-in user.
#[utoipa::path(
    post,
    path = "/manage/2fa",
    tag = "Identity",
    operation_id = "manageTwoFactor",
    security(("Bearer" = []), ("Cookie" = [])),
    request_body(content = TwoFactorRequest, example = json!({})),
    responses(
        (status = 200, description = "OK", body = TwoFactorResponse),
        (status = 400, description = "Bad Request", body = HttpValidationProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized"),
        (status = 404, description = "Not Found"),
    ),
)]
pub(super) async fn two_factor(
    State(identity): State<Identity>,
    user: SignedIn,
    Authentication(context): Authentication,
    client: LimitedClient,
    JsonBody(request): JsonBody<TwoFactorRequest>,
) -> Result<Json<TwoFactorResponse>, Refusal> {
    // Whatever it asks for: the answer has the authenticator's key.
    fresh::check_where_required(&context, &user).await?;
    if request.changes_or_checks_something() {
        client.check_known(LimitedAction::TwoFactor, Some(user.id())).await?;
    }
    let accounts = context.accounts().await?;
    let user = accounts.find_by_principal(user.principal()).await?;
    let mut user = user.ok_or(StatusCode::NOT_FOUND)?;
    // The answer shows the key, so a code of it proves nothing to whoever was not asked for more before.
    let proves = request.enable == Some(true) && fresh::is_fresh(&context, user.id.as_str()).await?;
    let mut done = Done::default();
    let shown = change(&accounts, &mut user, &request, &mut done).await;
    // Whatever the answer is: a step may have been refused after another one was done.
    for notice in done.notices() {
        identity.notify(&user, notice).await;
    }
    let Shown {
        shared_key,
        recovery_codes,
    } = shown?;
    if proves {
        // Only a right code turns it on.
        fresh::confirmed_by_code(&context).await?;
    }
    if request.forget_machine {
        context.forget_machine();
        observer::tell(&Observation::MachineForgotten);
    }
    Ok(Json(TwoFactorResponse {
        shared_key,
        recovery_codes_left: match &recovery_codes {
            Some(codes) => codes.len(),
            None => identity.accounts().count_recovery_codes(&user).await?,
        },
        recovery_codes,
        is_two_factor_enabled: user.two_factor_enabled,
        is_machine_remembered: is_machine_remembered(&identity, &context, &user).await?,
    }))
}

/// How often a request is tried if others change the same account at the same time.
const TRIES: usize = 10;

/// What to show after the request.
struct Shown {
    shared_key: String,
    /// The new ones, if they were created.
    recovery_codes: Option<Vec<String>>,
}

/// What the request has done until now, of which the owner should know.
#[derive(Default)]
struct Done {
    /// The second factor is on now, or off, and was not before.
    is_switched: Option<bool>,
    has_new_key: bool,
    has_new_codes: bool,
}

impl Done {
    fn notices(&self) -> impl Iterator<Item = AccountNotice> {
        let notices = [
            (self.has_new_key, AccountNotice::AuthenticatorKeyReset),
            (self.is_switched == Some(true), AccountNotice::TwoFactorEnabled),
            // A new key says it, too.
            (
                self.is_switched == Some(false) && !self.has_new_key,
                AccountNotice::TwoFactorDisabled,
            ),
            (self.has_new_codes, AccountNotice::RecoveryCodesGenerated),
        ];
        let notices = notices.into_iter().filter(|(is_so, _)| *is_so);
        notices.map(|(_, notice)| notice)
    }
}

/// Carries out the request.
///
/// Of two simultaneous requests, the later one finds what the first has made, and shows the same or nothing. If it asks for new
/// secrets it is refused instead, because the first one's have been shown already.
async fn change(
    accounts: &Accounts,
    user: &mut User,
    request: &TwoFactorRequest,
    done: &mut Done,
) -> Result<Shown, Refusal> {
    let may_try_again = !request.reset_shared_key && !request.reset_recovery_codes;
    let mut tries = 1;
    loop {
        match try_change(accounts, user, request, done).await {
            Err(Refusal::Invalid(errors))
                if errors == [IdentityError::ConcurrencyFailure] && may_try_again && tries < TRIES => {}
            shown => return shown,
        }
        tries += 1;
        *user = accounts.find_by_id(&user.id).await?.ok_or(StatusCode::NOT_FOUND)?;
    }
}

async fn try_change(
    accounts: &Accounts,
    user: &mut User,
    request: &TwoFactorRequest,
    done: &mut Done,
) -> Result<Shown, Refusal> {
    let code = match request.enable {
        Some(true) => Some(code_to_enable(accounts, user, request).await?),
        _ => None,
    };
    // Read before anything is written, so that codes which are created meanwhile are not replaced.
    let seen = match request.reset_recovery_codes || request.enable == Some(true) {
        true => Some(accounts.recovery_codes(user).await?),
        false => None,
    };
    let mut recovery_codes = None;
    let was_enabled = user.two_factor_enabled;
    let needs_codes = seen.as_ref().is_some_and(RecoveryCodes::is_empty);
    match &code {
        // Written in one step, so that an account with two-factor authentication always has recovery codes.
        Some(code) if needs_codes => {
            recovery_codes = Some(accounts.enable_two_factor_with_recovery_codes(user, code).await??);
            done.has_new_codes = was_enabled;
        }
        Some(code) => accounts.enable_two_factor(user, code).await??,
        None if request.enable.is_some() || request.reset_shared_key => {
            let password = request.password.as_ref().map(|password| password.as_str());
            accounts.may_turn_off_second_factor(user, password).await??;
            accounts.set_two_factor_enabled(user, false).await??;
        }
        None => {}
    }
    if user.two_factor_enabled != was_enabled {
        done.is_switched = Some(user.two_factor_enabled);
    }
    let mut shared_key = None;
    if request.reset_shared_key {
        shared_key = Some(accounts.reset_authenticator_key(user).await??);
        done.has_new_key = true;
    }
    if let Some(seen) = seen.filter(|_| request.reset_recovery_codes && recovery_codes.is_none()) {
        recovery_codes = Some(accounts.replace_recovery_codes(user, &seen).await??);
        done.has_new_codes = true;
    }
    if shared_key.is_none() {
        shared_key = accounts.ensure_authenticator_key(user).await?;
    }
    Ok(Shown {
        shared_key: shared_key.ok_or(IdentityError::ConcurrencyFailure)?,
        recovery_codes,
    })
}

async fn code_to_enable(accounts: &Accounts, user: &User, request: &TwoFactorRequest) -> Result<AcceptedCode, Refusal> {
    if request.reset_shared_key {
        return Err(IdentityError::CannotResetSharedKeyAndEnable.into());
    }
    let code = request.two_factor_code.as_ref().filter(|code| !code.is_empty());
    let code = code.ok_or(IdentityError::RequiresTwoFactor)?;
    let accepted = accounts.accept_authenticator_code(user, code).await?;
    accepted.ok_or_else(|| IdentityError::InvalidTwoFactorCode.into())
}

/// Checks the cookie that came with the request: as in .NET, the response that deletes it still says `true`.
async fn is_machine_remembered(
    identity: &Identity,
    context: &AuthenticationContext,
    user: &User,
) -> Result<bool, Failure> {
    let ticket = context.remembered_machine().await?;
    let seen = identity.sign_in().remembered_machine(user, ticket).await?;
    context.after_remembered_machine(seen);
    Ok(seen == RememberedMachine::Remembered)
}
