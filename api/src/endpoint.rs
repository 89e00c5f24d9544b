//! One declaration an endpoint: the contract's entry and the route come from the same `#[utoipa::path]`, so they cannot differ.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse, Responder, Route, guard, web};
use domain::identity::Action;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

use crate::argument::Argument;
use crate::limits::{Class, gate};
use crate::problem::{Code, Problem, Rule};

/// An endpoint as it is served and documented.
pub struct Endpoint {
    /// Its path, with `{names}`.
    pub path: String,
    /// Its method.
    pub method: HttpMethod,
    /// What the contract says of it.
    pub operation: Operation,
    /// Lists the schemas that it refers to: asked for the contract alone, every worker makes the endpoints anew.
    pub schemas: fn(&mut Vec<(String, RefOr<Schema>)>),
    /// The kind of request that it takes, by which it is limited.
    pub class: Class,
    /// The row of the permission table that it asks for; nothing where it is open to everybody.
    pub action: Option<Action>,
    /// Whether it reads `Idempotency-Key` and `If-Match`.
    pub conditions: bool,
    /// Its handler.
    pub route: Route,
}

/// The operation that a request was routed to, kept with the request.
#[derive(Clone, Copy)]
struct Routed(&'static str);

/// The id of the operation that a request is for, once it has been routed: known inside handlers, and to a middleware after the
/// request has been passed on. `None` for pages, and for what nobody serves.
#[must_use]
pub fn operation(request: &HttpRequest) -> Option<&'static str> {
    request.extensions().get::<Routed>().map(|routed| routed.0)
}

/// Notes which operation a request is for. It stands after the guard of the method and never refuses.
fn note(operation: &'static str) -> impl guard::Guard {
    guard::fn_guard(move |context| {
        context.req_data_mut().insert(Routed(operation));
        persistence::audit::asks_for(operation);
        true
    })
}

/// The ids of all operations that are served.
static IDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Whether an operation of this id is served.
#[must_use]
pub fn is_operation(id: &str) -> bool {
    IDS.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
}

/// The one copy of an operation's id, which lives as long as the program: every thread makes the endpoints anew.
fn lasting(id: &str) -> &'static str {
    let mut ids = IDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = ids.get(id) {
        return known;
    }
    let fresh: &'static str = Box::leak(id.to_owned().into_boxed_str());
    ids.insert(fresh);
    fresh
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
    /// The endpoint that `P` documents, served by `handler`.
    #[must_use]
    pub fn new<P, F, Args>(tag: &'static str, handler: F) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences,
        F: Handler<Args>,
        F::Output: Responder + 'static,
        Args: FromRequest + Argument + 'static,
    {
        let route = web::to(handler);
        let method = P::methods().into_iter().next().unwrap_or(HttpMethod::Get);
        let mut operation = P::operation();
        operation.tags = Some(vec![tag.to_owned()]);
        let route = match method {
            HttpMethod::Get => route.guard(readable()),
            HttpMethod::Post => route.method(Method::POST),
            HttpMethod::Put => route.method(Method::PUT),
            HttpMethod::Delete => route.method(Method::DELETE),
            // Not offered: the mini-programs cannot send PATCH, and the rest is the server's own.
            _ => route.guard(guard::fn_guard(|_| false)),
        };
        let route = match &operation.operation_id {
            Some(id) => route.guard(note(lasting(id))),
            None => route,
        };
        let is_query = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(known) if known.parameter_in == ParameterIn::Query);
        let takes_query = operation.parameters.iter().flatten().any(is_query);
        let route = if takes_query { route } else { route.guard(without_query()) };
        let class = Class::of(&P::path(), &method, &operation);
        Self {
            path: P::path(),
            class,
            method,
            operation,
            schemas: P::schemas,
            action: Args::ACTION,
            conditions: Args::CONDITIONS,
            route: gate::gated(class, route),
        }
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
            vec![$($crate::endpoint::Endpoint::new::<[<__path_ $handler>], _, _>($tag, $handler)),+]
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

/// What a name in a path stands for: printable ASCII without `/`, of which ids, codes and words of ours are made. Left to itself the
/// router makes an automaton over all of Unicode for each name and thread, which takes most of a start and of the memory.
const NAMED: &str = ":[!-.0-~]+";

/// A path as the router matches it.
fn pattern(path: &str) -> String {
    path.replace('}', &format!("{NAMED}}}"))
}

/// The path that a request was routed to, with `{names}`. `None` for what nobody serves.
#[must_use]
pub fn route(request: &HttpRequest) -> Option<String> {
    request.match_pattern().map(|pattern| pattern.replace(NAMED, ""))
}

#[expect(clippy::disallowed_methods, reason = "the one place where routes are made, from the documented endpoints")]
fn resource(path: &str, endpoints: Vec<Endpoint>) -> impl HttpServiceFactory + 'static {
    let mut methods: Vec<&str> = endpoints.iter().map(Endpoint::method_name).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let allow = methods.join(", ");
    let mut resource = web::resource(pattern(path));
    for endpoint in endpoints {
        resource = resource.route(endpoint.route);
    }
    let known = allow.clone();
    let asked = guard::fn_guard(move |context| known.split(", ").any(|method| context.head().method == method));
    resource = resource.route(gate::gated(Class::Page, web::route().guard(asked).to(refuse_query)));
    resource.default_service(gate::gated(
        Class::Page,
        web::to(move || {
            let mut problem = Problem::from(Code::MethodNotAllowed);
            problem.facts.methods = Some(allow.clone());
            async move { Err::<HttpResponse, Problem>(problem) }
        }),
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use actix_web::dev::Service as _;
    use actix_web::http::Method;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse};

    use super::{Endpoint, operation, serve};

    #[utoipa::path(get, path = "/things/{id}", operation_id = "getThing", responses((status = 200)))]
    async fn show() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[utoipa::path(post, path = "/things/{id}", operation_id = "changeThing", responses((status = 200)))]
    async fn change() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    fn things() -> Vec<Endpoint> {
        endpoints!["things": show, change]
    }

    #[actix_web::test]
    async fn a_request_knows_the_operation_that_it_was_routed_to() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let app = App::new().configure(|config| serve(things(), config)).wrap_fn(move |request, service| {
            let (kept, answered) = (Arc::clone(&kept), service.call(request));
            async move {
                let response = answered.await?;
                let routed = response.request();
                assert!(super::route(routed).is_none_or(|path| path == "/things/{id}"));
                kept.lock().unwrap().push(operation(routed));
                Ok(response)
            }
        });
        let app = init_service(app).await;
        for (method, uri) in [
            (Method::GET, "/things/1"),
            (Method::HEAD, "/things/2"),
            (Method::POST, "/things/1"),
            (Method::GET, "/things/1?colour=red"),
            (Method::DELETE, "/things/1"),
            (Method::GET, "/nothing"),
        ] {
            call_service(&app, TestRequest::with_uri(uri).method(method).to_request()).await;
        }
        let expected = [Some("getThing"), Some("getThing"), Some("changeThing"), Some("getThing"), None, None];
        assert_eq!(*seen.lock().unwrap(), expected, "also where the query is refused; nothing for other methods and paths");
    }
}
