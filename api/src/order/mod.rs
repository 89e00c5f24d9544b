//! Orders 点单 · 派单 · 接单 · 评单 over HTTP.

mod contact;
pub mod measure;
pub mod photo;
pub mod place;
mod read;
mod resident;
mod station;
pub mod step;
mod taker;
pub mod value;
pub mod view;

pub(crate) use photo::{ADDRESS_TIME, photo_address};

use crate::endpoint::Endpoint;
use crate::endpoints;
use contact::{
    __path_add_contact, __path_contacts, __path_decide_exclusion, __path_propose_exclusion, add_contact, contacts, decide_exclusion,
    propose_exclusion,
};
use measure::{__path_hotline_rates, __path_loop_measures, hotline_rates, loop_measures};
use photo::{__path_fetch, __path_photos, __path_upload, fetch, photos, upload};
use place::{__path_place, place};
use read::{__path_events, __path_list, __path_show, events, list, show};
use resident::{
    __path_abort, __path_appeal, __path_cancel, __path_no_show, __path_reschedule, __path_review, abort, appeal, cancel, no_show,
    reschedule, review,
};
use station::{
    __path_decide, __path_escalate, __path_offer, __path_recall, __path_refuse, __path_transfer, __path_triage, decide, escalate, offer,
    recall, refuse, transfer, triage,
};
use taker::{
    __path_accept, __path_assign_members, __path_check_in, __path_decline, __path_finish, __path_mend, __path_release, accept,
    assign_members, check_in, decline, finish, mend, release,
};

/// Every endpoint of orders.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    endpoints!["orders":
        place, list, show, events,
        triage, transfer, refuse, appeal, offer, recall, decline, accept, assign_members, reschedule, release, no_show,
        check_in, abort, finish, review, mend, escalate, decide, cancel,
        add_contact, contacts, propose_exclusion, decide_exclusion, upload, photos, fetch,
        loop_measures, hotline_rates,
    ]
}
