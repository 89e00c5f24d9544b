//! The gate before every handler: how much the client has asked, and how long the request may take.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{ResponseError as _, Route, web};

use super::{Class, Client};
use crate::problem::{Code, Problem};
use crate::services::Services;

/// A route behind the gate of its kind.
#[must_use]
pub fn gated(class: Class, route: Route) -> Route {
    route.wrap(from_fn(move |request: ServiceRequest, next: Next<BoxBody>| pass(class, request, next)))
}

/// Lets a request through, or answers it with 429. A request that takes too long is answered with 408.
async fn pass(class: Class, request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(services) = request.app_data::<web::Data<Services>>().cloned() else { return next.call(request).await };
    let standing = services.limits.rates.as_ref().and_then(|rates| rates.take(class, Client::of(request.request())));
    let mut response = match standing.and_then(|standing| standing.refused()) {
        Some(seconds) => {
            services.metrics.limited(class);
            let problem = Problem::from(Code::RateLimited).retry_after(seconds);
            request.into_response(problem.error_response())
        }
        None => {
            let asked = request.request().clone();
            match tokio::time::timeout(services.limits.deadlines.request, next.call(request)).await {
                Ok(answered) => answered?,
                Err(_) => ServiceResponse::new(asked, Problem::from(Code::RequestTimeout).error_response()),
            }
        }
    };
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    Ok(response)
}
