//! Answers that come before the request's body has been read.
//!
//! HTTP/2 lets a server answer early and then reset the stream with `NO_ERROR` (RFC 9113, section 8.1). Some clients take
//! that for a failure and throw the answer away (curl did until 2023), so that somebody who sends too much never learns
//! that it was too much. What such a client still sends is read here and thrown away, up to a bound, before the answer
//! goes out. HTTP/1.1 clients need no such care.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::Version,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::{sync::oneshot, time};

use super::{
    data_rate::MinDataRate,
    request_body_rate::{self, TooSlow},
};

/// How much is read of a body that nobody wants: twice the longest that is taken.
const MOST: usize = 60_000_000;
/// And how long that may take.
const LONGEST: Duration = Duration::from_secs(10);

/// The answer of `application`, or 408 if the client sends its body more slowly than `rate` while the application waits
/// for it. Over HTTP/2, it is given when the body is at its end, whether the application read it or not.
pub(super) async fn finish_body<A>(
    request: Box<Request>,
    rate: Option<MinDataRate>,
    application: impl FnOnce(Box<Request>) -> A,
) -> Response
where
    A: Future<Output = Response>,
{
    if request.body().is_end_stream() {
        return application(request).await;
    }
    // In a box, so that requests whose body is at its end carry no room for this.
    if request.version() == Version::HTTP_2 {
        Box::pin(finish_body_of_http_2(request, rate, application)).await
    } else {
        let answered = Box::pin(read_in_time(request, rate, application)).await;
        answered.unwrap_or_else(IntoResponse::into_response)
    }
}

async fn finish_body_of_http_2<A>(
    request: Box<Request>,
    rate: Option<MinDataRate>,
    application: impl FnOnce(Box<Request>) -> A,
) -> Response
where
    A: Future<Output = Response>,
{
    let (sender, mut receiver) = oneshot::channel();
    let lend = |body| {
        Body::new(LentBody {
            body,
            back: Some(sender),
        })
    };
    let response = match read_in_time(Box::new(request.map(lend)), rate, application).await {
        Ok(response) => response,
        Err(too_slow) => return too_slow.into_response(),
    };
    if let Ok(rest) = receiver.try_recv() {
        // A client that is too slow or sends too much gets the answer early after all.
        let _ = time::timeout(LONGEST, discard(rest)).await;
    }
    response
}

async fn read_in_time<A>(
    request: Box<Request>,
    rate: Option<MinDataRate>,
    application: impl FnOnce(Box<Request>) -> A,
) -> Result<Response, TooSlow>
where
    A: Future<Output = Response>,
{
    let Some(rate) = rate else {
        return Ok(application(request).await);
    };
    let (head, body) = request.into_parts();
    let (body, progress) = request_body_rate::timed(body);
    let application = application(Box::new(Request::from_parts(head, body)));
    request_body_rate::in_time(rate, progress, application).await
}

async fn discard(mut body: Body) {
    let mut length = 0;
    while let Some(Ok(frame)) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        length += frame.data_ref().map_or(0, Bytes::len);
        if length > MOST {
            return;
        }
    }
}

/// A body that comes back when whoever got it drops it before its end.
struct LentBody {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
}

impl HttpBody for LentBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LentBody {
    fn drop(&mut self) {
        if let Some(back) = self.back.take().filter(|_| !self.body.is_end_stream()) {
            // Nobody waits for it if the request was given up.
            let _ = back.send(std::mem::take(&mut self.body));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use axum::http::StatusCode;
    use futures_util::{StreamExt, stream};

    use super::*;

    const CHUNKS: usize = 10;

    /// How many of the body's chunks were read when a handler's answer came back that reads none.
    async fn chunks_read(version: Version) -> usize {
        let read = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&read);
        let chunks = stream::iter(0..CHUNKS).map(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(b"chunk"))
        });
        let request = Request::post("/")
            .version(version)
            .body(Body::from_stream(chunks))
            .unwrap();
        let refuse = async |_: Box<Request>| StatusCode::PAYLOAD_TOO_LARGE.into_response();
        let response = finish_body(Box::new(request), None, refuse).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        read.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn an_early_answer_waits_for_the_body_over_http_2_alone() {
        assert_eq!(chunks_read(Version::HTTP_2).await, CHUNKS);
        assert_eq!(chunks_read(Version::HTTP_11).await, 0);
    }
}
