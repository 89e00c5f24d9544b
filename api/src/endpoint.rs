//! One declaration an endpoint: the contract's entry and the route come from the same `#[utoipa::path]`, so they cannot differ.

use std::collections::BTreeMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, Route, guard, web};
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use crate::problem::{Code, Problem, Rule};

/// An endpoint as it is served and documented.
pub struct Endpoint {
    /// Its path, with `{names}`.
    pub path: String,
    /// Its method.
    pub method: HttpMethod,
    /// What the contract says of it.
    pub operation: Operation,
    /// The schemas that it refers to.
    pub schemas: Vec<(String, RefOr<Schema>)>,
    /// Its handler.
    pub route: Route,
}

/// Whether a request has no query string.
fn without_query() -> impl guard::Guard {
    guard::fn_guard(|context| context.head().uri.query().is_none_or(str::is_empty))
}

/// Answers a query string where none is known: an unknown parameter is refused, never ignored.
async fn refuse_query(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let first = request.query_string().split(['=', '&']).next().unwrap_or_default();
    Err(Problem::field(first, Rule::UnknownField))
}

impl Endpoint {
    /// The endpoint that `P` documents, served by `route`.
    #[must_use]
    pub fn new<P: utoipa::Path + utoipa::__dev::SchemaReferences>(tag: &'static str, route: Route) -> Self {
        let method = P::methods().into_iter().next().unwrap_or(HttpMethod::Get);
        let mut operation = P::operation();
        operation.tags = Some(vec![tag.to_owned()]);
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        let route = match method {
            HttpMethod::Get => route.guard(readable()),
            HttpMethod::Post => route.method(Method::POST),
            HttpMethod::Put => route.method(Method::PUT),
            HttpMethod::Delete => route.method(Method::DELETE),
            // Not offered: the mini-programs cannot send PATCH, and the rest is the server's own.
            _ => route.guard(guard::fn_guard(|_| false)),
        };
        let is_query = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(known) if known.parameter_in == ParameterIn::Query);
        let takes_query = operation.parameters.iter().flatten().any(is_query);
        let route = if takes_query { route } else { route.guard(without_query()) };
        Self { path: P::path(), method, operation, schemas, route }
    }

    /// The method's name.
    #[must_use]
    pub const fn method_name(&self) -> &'static str {
        match self.method {
            HttpMethod::Get => "GET",
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
            HttpMethod::Delete => "DELETE",
            _ => "OTHER",
        }
    }
}

/// HEAD works wherever GET does.
#[must_use]
pub fn readable() -> impl guard::Guard {
    guard::Any(guard::Get()).or(guard::Head())
}

/// Lists endpoints: `endpoints!["orders": place, show, list]`. Each handler carries `#[utoipa::path]`.
#[macro_export]
macro_rules! endpoints {
    ($tag:literal: $($handler:ident),+ $(,)?) => {
        pastey::paste! {
            vec![$($crate::endpoint::Endpoint::new::<[<__path_ $handler>]>($tag, actix_web::web::to($handler))),+]
        }
    };
}

/// Serves endpoints: one resource a path, with all its methods; any other method is answered with `Allow`.
pub fn serve(endpoints: Vec<Endpoint>, config: &mut web::ServiceConfig) {
    let mut paths: BTreeMap<String, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        paths.entry(endpoint.path.clone()).or_default().push(endpoint);
    }
    // Paths with fewer names first, so that `/v1/orders/measures` is not taken for an order's id.
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_by_key(|(path, _)| path.matches('{').count());
    for (path, endpoints) in paths {
        config.service(resource(&path, endpoints));
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where routes are made, from the documented endpoints")]
fn resource(path: &str, endpoints: Vec<Endpoint>) -> impl HttpServiceFactory + 'static {
    let mut methods: Vec<&str> = endpoints.iter().map(Endpoint::method_name).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let allow = methods.join(", ");
    let mut resource = web::resource(path.to_owned());
    for endpoint in endpoints {
        resource = resource.route(endpoint.route);
    }
    let known = allow.clone();
    let asked = guard::fn_guard(move |context| known.split(", ").any(|method| context.head().method == method));
    resource = resource.route(web::route().guard(asked).to(refuse_query));
    resource.default_service(web::to(move || {
        let mut problem = Problem::from(Code::MethodNotAllowed);
        problem.facts.methods = Some(allow.clone());
        async move { Err::<HttpResponse, Problem>(problem) }
    }))
}
