//! The journey with openapi-generator's Rust client: `wicketgate-client-rust http://127.0.0.1:5000 MAIL_FOLDER`.

use std::{env, error::Error, fs, path::Path, time::Duration};

use generated_client::{
    apis::{
        Error as ApiError,
        configuration::Configuration,
        identity_api::{LoginError, RegisterError, *},
    },
    models::{LoginRequest, RefreshRequest, RegisterRequest},
};

const EMAIL: &str = "ada@example.test";
const PASSWORD: &str = "Passw0rd!";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let base_path = arguments.next().ok_or("the server's URL is missing")?;
    let mail = arguments.next().ok_or("the folder of mails is missing")?;
    let stranger = Configuration {
        base_path,
        ..Configuration::default()
    };
    let account = || LoginRequest::new(EMAIL.to_owned(), PASSWORD.to_owned());
    let new_account = || RegisterRequest::new(EMAIL.to_owned(), PASSWORD.to_owned());

    register(&stranger, new_account()).await?;
    match register(&stranger, new_account()).await {
        Err(ApiError::ResponseError(refusal)) if refusal.status == 400 => match refusal.entity {
            Some(RegisterError::Status400(problem)) => {
                assert!(problem.errors.unwrap_or_default().contains_key("DuplicateUserName"));
            }
            other => panic!("no reason: {other:?}"),
        },
        other => panic!("not refused: {other:?}"),
    }
    match login(&stranger, account()).await {
        Err(ApiError::ResponseError(refusal)) if refusal.status == 401 => match refusal.entity {
            Some(LoginError::Status401(problem)) => assert_eq!(problem.detail, Some(Some("NotAllowed".to_owned()))),
            other => panic!("no reason: {other:?}"),
        },
        other => panic!("not refused: {other:?}"),
    }

    let (user_id, code) = mailed_link(Path::new(&mail)).await?;
    let thanks = confirm_email(&stranger, &user_id, &code, None).await?;
    assert_eq!(thanks, "Thank you for confirming your email.");

    let tokens = login(&stranger, account()).await?;
    assert_eq!(tokens.expires_in, 3600);
    show_account(&with_token(&stranger, tokens.access_token)).await?;
    let tokens = refresh(&stranger, RefreshRequest::new(tokens.refresh_token)).await?;
    show_account(&with_token(&stranger, tokens.access_token)).await?;

    let client = reqwest::Client::builder().cookie_store(true).build()?;
    let browser = Configuration {
        client,
        ..stranger.clone()
    };
    login_with_cookie(&browser, account(), None).await?;
    show_account(&browser).await?;
    logout(&browser, Some(serde_json::json!({}))).await?;
    match get_info(&browser).await {
        Err(ApiError::ResponseError(refusal)) => assert_eq!(refusal.status, 401),
        other => panic!("not refused: {other:?}"),
    }
    println!("test result: ok. openapi-generator for Rust");
    Ok(())
}

async fn show_account(configuration: &Configuration) -> Result<(), Box<dyn Error>> {
    let info = get_info(configuration).await?;
    assert_eq!((info.email.as_str(), info.is_email_confirmed), (EMAIL, true));
    Ok(())
}

fn with_token(configuration: &Configuration, token: String) -> Configuration {
    Configuration {
        bearer_access_token: Some(token),
        ..configuration.clone()
    }
}

/// User id and code from the link in the newest mail. Waits for it, since mail goes out behind the answer.
async fn mailed_link(folder: &Path) -> Result<(String, String), Box<dyn Error>> {
    for _ in 0..400 {
        let mut mails: Vec<_> = fs::read_dir(folder)
            .map(|files| files.flatten().map(|file| file.path()).collect())
            .unwrap_or_default();
        mails.retain(|path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "eml"));
        mails.sort();
        let text = mails.last().map(fs::read_to_string).transpose()?.unwrap_or_default();
        if let Some(link) = text.split("href='").nth(1).and_then(|rest| rest.split('\'').next()) {
            let link = reqwest::Url::parse(&link.replace("&amp;", "&"))?;
            let value = |name| {
                link.query_pairs()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value.into_owned())
            };
            return Ok((value("userId").ok_or("no user")?, value("code").ok_or("no code")?));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("no mail came to {}", folder.display()).into())
}
