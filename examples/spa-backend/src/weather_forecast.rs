//! `GET /weatherforecast`

use serde::Serialize;
use time::Duration;
use utoipa::ToSchema;
use wicketgate::{Json, SignedIn};
use wicketgate_protection::{Clock, Random, SystemClock, SystemRandom};

const DAYS: i64 = 5;
const COLDEST: i32 = -20;
const HOTTEST: i32 = 54;
const SUMMARIES: [&str; 10] = [
    "Freezing",
    "Bracing",
    "Chilly",
    "Cool",
    "Mild",
    "Warm",
    "Balmy",
    "Hot",
    "Sweltering",
    "Scorching",
];

/// A day's weather.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WeatherForecast {
    /// The day, as `2026-11-24`.
    #[schema(format = Date)]
    date: String,
    /// Degrees Celsius.
    temperature_c: i32,
    /// In a word.
    summary: &'static str,
    /// Degrees Fahrenheit.
    temperature_f: i32,
}

/// The weather of the next days, for users who are signed in. It is made up.
#[utoipa::path(
    get,
    path = "/weatherforecast",
    tag = "Application",
    security(("Bearer" = []), ("Cookie" = [])),
    operation_id = "getWeatherForecast",
    responses(
        (status = 200, description = "OK", body = [WeatherForecast]),
        (status = 401, description = "Unauthorized"),
    ),
)]
pub(crate) async fn weather_forecast(_: SignedIn) -> Json<Vec<WeatherForecast>> {
    let today = SystemClock.now().date();
    Json(
        (1..=DAYS)
            .map(|days| forecast(today.saturating_add(Duration::days(days))))
            .collect(),
    )
}

fn forecast(date: time::Date) -> WeatherForecast {
    let mut chance = [0; 2];
    SystemRandom.fill(&mut chance);
    let temperature_c = COLDEST + i32::from(chance[0]) % (HOTTEST - COLDEST + 1);
    WeatherForecast {
        date: date.to_string(),
        temperature_c,
        summary: SUMMARIES[usize::from(chance[1]) % SUMMARIES.len()],
        temperature_f: 32 + temperature_c * 9 / 5,
    }
}
