//! The one place where a failure becomes what a phone hears: converted, classified, logged.

use std::str::FromStr;

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use patrol_domain::Head;
use patrol_wire::photo::UPLOAD_OFFSET;
use patrol_wire::{ErrorCode, ErrorReply};

use crate::admission::ComeAgain;
use crate::store::{BodyFault, StoreError};

/// How long a phone waits when the station has too much to do.
const BUSY_RETRY_MS: u64 = 2_000;

/// How long a phone waits until it asks again whether somebody has made room.
const FULL_RETRY_MS: u64 = 60_000;

/// A refusal on its way out.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    reply: ErrorReply,
    offset: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            status,
            reply: ErrorReply::new(code, message),
            offset: None,
        }
    }

    /// 404, the same for what is not there and what is somebody else's.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, "not found")
    }

    /// 405.
    pub(super) fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            ErrorCode::Malformed,
            "this address does not know this method",
        )
    }

    /// 401, the same for every reason.
    pub(super) fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::Unauthorised, "not authorised")
    }

    /// 400.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::Malformed, message)
    }

    /// 415.
    pub(super) fn wrong_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::Malformed,
            "the body is of another type than this address takes",
        )
    }

    /// 413.
    pub(super) fn too_large(message: &str) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge, message)
    }

    /// 431.
    pub(super) fn head_too_large() -> Self {
        Self::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            ErrorCode::TooLarge,
            "the request's head is larger than the protocol allows",
        )
    }

    /// 503, and when to come again.
    pub(super) fn busy(message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, message).retry(BUSY_RETRY_MS)
    }

    /// 507.
    pub(super) fn disk_reserved() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            ErrorCode::DiskFull,
            "what is left of the disk is kept for records",
        )
        .retry(FULL_RETRY_MS)
    }

    /// 429: this phone asks too much; the others are served.
    pub(super) fn too_many(ComeAgain(after_ms): ComeAgain, message: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::Busy, message).retry(after_ms)
    }

    /// 500.
    pub(super) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            "the station has a defect; its log says more",
        )
    }

    fn conflict(code: ErrorCode, message: String, head: Head) -> Self {
        let reply = ErrorReply {
            acked_seq: Some(head.seq),
            head_hash: Some(head.hash),
            ..ErrorReply::new(code, message)
        };
        Self {
            status: StatusCode::CONFLICT,
            reply,
            offset: None,
        }
    }

    fn offset_mismatch(held: u64) -> Self {
        let message = format!("the upload is at {held}");
        Self {
            offset: Some(held),
            ..Self::new(StatusCode::CONFLICT, ErrorCode::OffsetMismatch, message)
        }
    }

    fn retry(mut self, after_ms: u64) -> Self {
        self.reply.retry_after_ms = Some(after_ms);
        self
    }
}

/// The one id or hash in a path; what is not one names nothing, so it is 404.
pub(super) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Named<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Refusal::not_found())?;
        text.parse().map(Self).map_err(|_| Refusal::not_found())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, reply, offset } = self;
        let retry = reply.retry_after_ms.map(|ms| ms.div_ceil(1000));
        let code = reply.code;
        let mut response = (status, Json(reply)).into_response();
        response.extensions_mut().insert(code);
        let headers = response.headers_mut();
        if let Some(offset) = offset {
            headers.insert(UPLOAD_OFFSET, HeaderValue::from(offset));
        }
        if let Some(seconds) = retry {
            headers.insert(axum::http::header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<ComeAgain> for Refusal {
    /// 503: too many at once.
    fn from(ComeAgain(after_ms): ComeAgain) -> Self {
        Self {
            reply: ErrorReply {
                retry_after_ms: Some(after_ms),
                ..ErrorReply::new(ErrorCode::Busy, "the station has too much to do")
            },
            status: StatusCode::SERVICE_UNAVAILABLE,
            offset: None,
        }
    }
}

impl From<BodyFault> for Refusal {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::Gone => Self::malformed("the body ended early"),
            BodyFault::Stalled => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                ErrorCode::Malformed,
                "no byte came for too long",
            ),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Unauthorised => Self::unauthorised(),
            StoreError::Malformed(_) => Self::malformed(message),
            StoreError::Gap { head } => Self::conflict(ErrorCode::Gap, message, head),
            StoreError::Forked { head } => Self::conflict(ErrorCode::Forked, message, head),
            StoreError::Retired => Self::new(StatusCode::FORBIDDEN, ErrorCode::Retired, message),
            StoreError::CursorGone => Self::new(StatusCode::GONE, ErrorCode::CursorGone, message),
            StoreError::OffsetMismatch { held } => Self::offset_mismatch(held),
            StoreError::TooLarge => Self::too_large(&message),
            StoreError::HashMismatch => Self::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::HashMismatch, message),
            StoreError::Locked => Self::new(StatusCode::LOCKED, ErrorCode::Locked, message).retry(BUSY_RETRY_MS),
            StoreError::CodeUnknown => Self::new(StatusCode::FORBIDDEN, ErrorCode::CodeUnknown, message),
            StoreError::Body(fault) => fault.into(),
            StoreError::DiskFull => {
                tracing::error!("the disk is full");
                Self::new(StatusCode::INSUFFICIENT_STORAGE, ErrorCode::DiskFull, message)
            }
            StoreError::Busy => {
                tracing::warn!("the database is held by another process");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, message).retry(BUSY_RETRY_MS)
            }
            StoreError::Database(_)
            | StoreError::File(_)
            | StoreError::Stored(_)
            | StoreError::Signature(_)
            | StoreError::Marker(_)
            | StoreError::Key(_)
            | StoreError::Randomness(_)
            | StoreError::Stopped => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
                Self::internal()
            }
        }
    }
}
