//! What the arguments of a handler ask of who calls it.

use actix_web::{HttpRequest, web};
use domain::identity::Action;

use crate::actor::{Actor, Permission, Reads};
use crate::body::{Json, Query};
use crate::once::Conditions;
use crate::upload::Upload;

/// What an argument of a handler asks of who calls it, so that an endpoint knows its permission from its handler's signature.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known as an argument of handlers",
    note = "implement `Argument` for it in api/src/argument.rs; only what admits an actor names an action"
)]
pub trait Argument {
    /// The row of the permission table that it checks.
    const ACTION: Option<Action> = None;

    /// Whether it reads `Idempotency-Key` and `If-Match`.
    const CONDITIONS: bool = false;
}

impl<P: Permission> Argument for Actor<P> {
    const ACTION: Option<Action> = Some(P::ACTION);
}

impl Argument for Reads {}
impl<T> Argument for Json<T> {}
impl<T> Argument for Query<T> {}
impl Argument for Conditions {
    const CONDITIONS: bool = true;
}

impl<T: ?Sized> Argument for web::Data<T> {}
impl<T> Argument for web::Path<T> {}
impl Argument for HttpRequest {}
impl Argument for Upload {}
impl Argument for web::Payload {}

/// All arguments of a handler; the first one that asks for a permission says which, and any of them may read conditions.
macro_rules! arguments {
    ($($Argument:ident)*) => {
        impl<$($Argument: Argument),*> Argument for ($($Argument,)*) {
            const ACTION: Option<Action> = {
                let action: Option<Action> = None;
                $(let action = match action { None => $Argument::ACTION, found => found };)*
                action
            };
            const CONDITIONS: bool = false $(|| $Argument::CONDITIONS)*;
        }
    };
}

arguments! {}
arguments! { A }
arguments! { A B }
arguments! { A B C }
arguments! { A B C D }
arguments! { A B C D E }
arguments! { A B C D E F }
arguments! { A B C D E F G }
arguments! { A B C D E F G H }
