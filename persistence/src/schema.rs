//! The tables as the queries see them. `tests/it/schema.rs` compares them with both migrated databases.

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{InstantSql};

    divisions (code) {
        code -> Text,
        level -> Text,
        name -> Text,
        parent -> Nullable<Text>,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::types::{InstantSql};

    division_aliases (alias) {
        alias -> Text,
        code -> Text,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Text};

    populations (division, year) {
        division -> Text,
        year -> Integer,
        residents -> BigInt,
        source -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::types::{InstantSql};

    regions (division) {
        division -> Text,
        zone -> Text,
        languages -> Text,
        programme -> Text,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    policies (region, kind, version) {
        region -> Text,
        kind -> Text,
        version -> Text,
        valid_from -> InstantSql,
        document -> Text,
        created_by -> Nullable<UuidSql>,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    persons (id) {
        id -> UuidSql,
        division -> Text,
        name -> Binary,
        name_index -> Binary,
        surname_index -> Binary,
        phone -> Nullable<Binary>,
        phone_index -> Nullable<Binary>,
        document_kind -> Nullable<Text>,
        document_country -> Nullable<Text>,
        document -> Nullable<Binary>,
        document_index -> Nullable<Binary>,
        birth_date -> Nullable<Binary>,
        claimed -> Bool,
        entered_by -> Nullable<UuidSql>,
        merged_into -> Nullable<UuidSql>,
        version -> Integer,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    person_events (person_id, seq) {
        person_id -> UuidSql,
        seq -> Integer,
        kind -> Text,
        other -> Nullable<UuidSql>,
        actor -> Nullable<UuidSql>,
        basis -> Nullable<Text>,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    volunteers (person_id) {
        person_id -> UuidSql,
        number -> Text,
        region -> Text,
        division -> Text,
        state -> Text,
        version -> Integer,
        changed_by -> Nullable<UuidSql>,
        created_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    accounts (id) {
        id -> UuidSql,
        kind -> Text,
        person_id -> Nullable<UuidSql>,
        openid -> Nullable<Binary>,
        openid_index -> Nullable<Binary>,
        phone -> Nullable<Binary>,
        phone_index -> Nullable<Binary>,
        username -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        must_change_password -> Bool,
        state -> Text,
        version -> Integer,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    grants (id) {
        id -> UuidSql,
        account_id -> UuidSql,
        role -> Text,
        scope -> Text,
        organisation_id -> Nullable<UuidSql>,
        granted_by -> Nullable<UuidSql>,
        granted_at -> InstantSql,
        revoked_by -> Nullable<UuidSql>,
        revoked_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    sessions (id) {
        id -> UuidSql,
        account_id -> UuidSql,
        created_at -> InstantSql,
        expires_at -> InstantSql,
        revoked_at -> Nullable<InstantSql>,
        revoked_for -> Nullable<Text>,
        used_at -> Nullable<InstantSql>,
        second_factor -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::types::{InstantSql, UuidSql};

    refresh_tokens (digest) {
        digest -> Binary,
        session_id -> UuidSql,
        issued_at -> InstantSql,
        expires_at -> InstantSql,
        used_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::types::{InstantSql, UuidSql};

    signing_keys (id) {
        id -> UuidSql,
        public_key -> Binary,
        private_key -> Binary,
        created_at -> InstantSql,
        retired_at -> Nullable<InstantSql>,
        activates_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};

    installation (name) {
        name -> Text,
        content -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    crafts (id) {
        id -> UuidSql,
        region -> Text,
        domain -> Text,
        code -> Text,
        name_zh -> Text,
        name_en -> Nullable<Text>,
        name_vi -> Nullable<Text>,
        active -> Bool,
        version -> Integer,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    services (id) {
        id -> UuidSql,
        region -> Text,
        code -> Text,
        craft_id -> Nullable<UuidSql>,
        name_zh -> Text,
        name_en -> Nullable<Text>,
        name_vi -> Nullable<Text>,
        payment -> Text,
        minutes -> Integer,
        active -> Bool,
        version -> Integer,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    certifications (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        craft_id -> UuidSql,
        level -> Text,
        evidence -> Text,
        verified_by -> UuidSql,
        valid_from -> InstantSql,
        valid_until -> InstantSql,
        suspended_at -> Nullable<InstantSql>,
        suspended_by -> Nullable<UuidSql>,
        version -> Integer,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    organisations (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        kind -> Text,
        name -> Text,
        state -> Text,
        version -> Integer,
        created_by -> Nullable<UuidSql>,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable};
    use crate::types::{InstantSql, UuidSql};

    memberships (organisation_id, person_id) {
        organisation_id -> UuidSql,
        person_id -> UuidSql,
        joined_at -> InstantSql,
        left_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Date, Double, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    orders (id) {
        id -> UuidSql,
        number -> Text,
        region -> Text,
        division -> Text,
        handler -> Text,
        service_id -> UuidSql,
        payment -> Text,
        craft_id -> Nullable<UuidSql>,
        subject_group -> Text,
        urgency -> Text,
        minutes -> Integer,
        people_needed -> Integer,
        subject_id -> UuidSql,
        placed_by -> UuidSql,
        placer_id -> Nullable<UuidSql>,
        channel -> Text,
        basis -> Nullable<Text>,
        external_ref -> Nullable<Text>,
        wanted_start -> Nullable<InstantSql>,
        wanted_end -> Nullable<InstantSql>,
        longitude -> Nullable<Double>,
        latitude -> Nullable<Double>,
        policy_version -> Text,
        state -> Text,
        version -> Integer,
        changed_at -> InstantSql,
        placed_at -> InstantSql,
        round -> Integer,
        returns -> Integer,
        mends -> Integer,
        appealed -> Bool,
        decision_due -> Bool,
        bound -> Bool,
        exclusion -> Text,
        exclusion_proposed_by -> Nullable<UuidSql>,
        exclusion_decided_by -> Nullable<UuidSql>,
        taker_person -> Nullable<UuidSql>,
        taker_organisation -> Nullable<UuidSql>,
        agreed_start -> Nullable<InstantSql>,
        agreed_end -> Nullable<InstantSql>,
        proposed_start -> Nullable<InstantSql>,
        proposed_end -> Nullable<InstantSql>,
        proposed_by -> Nullable<Text>,
        dispatched_at -> Nullable<InstantSql>,
        dispatched_on -> Nullable<Date>,
        dispatched_from -> Nullable<Text>,
        matched -> Nullable<Bool>,
        checked_in_at -> Nullable<InstantSql>,
        check_in_failures -> Integer,
        finished_at -> Nullable<InstantSql>,
        fee_fen -> BigInt,
        materials_fen -> BigInt,
        worked_minutes -> Nullable<Integer>,
        stars -> Nullable<Integer>,
        ended_at -> Nullable<InstantSql>,
        outcome -> Nullable<Text>,
        first_contact_at -> Nullable<InstantSql>,
        first_contact_in_time -> Nullable<Bool>,
        callback_solved -> Nullable<Bool>,
        callback_satisfied -> Nullable<Bool>,
        next_due -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use crate::types::{UuidSql};

    order_texts (order_id, kind, seq) {
        order_id -> UuidSql,
        kind -> Text,
        seq -> Integer,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    order_events (order_id, seq) {
        order_id -> UuidSql,
        seq -> Integer,
        step -> Text,
        from_state -> Nullable<Text>,
        to_state -> Text,
        at -> InstantSql,
        actor -> Nullable<UuidSql>,
        party -> Text,
        reason -> Nullable<Text>,
        handler -> Text,
        returns -> Integer,
        mends -> Integer,
        offer_id -> Nullable<UuidSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::types::{UuidSql};

    order_proofs (order_id, seq) {
        order_id -> UuidSql,
        seq -> Integer,
        kind -> Text,
    }
}

diesel::table! {
    use crate::types::{UuidSql};

    order_members (order_id, person_id) {
        order_id -> UuidSql,
        person_id -> UuidSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    order_offers (id) {
        id -> UuidSql,
        order_id -> UuidSql,
        round -> Integer,
        person_id -> Nullable<UuidSql>,
        organisation_id -> Nullable<UuidSql>,
        state -> Text,
        offered_at -> InstantSql,
        due -> InstantSql,
        answered_at -> Nullable<InstantSql>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    order_deadlines (order_id, kind, opened_by) {
        order_id -> UuidSql,
        kind -> Text,
        opened_by -> Integer,
        due -> InstantSql,
        met_at -> Nullable<InstantSql>,
        void_reason -> Nullable<Text>,
        reminded_at -> Nullable<InstantSql>,
        acted_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    order_contacts (id) {
        id -> UuidSql,
        order_id -> UuidSql,
        kind -> Text,
        at -> InstantSql,
        by_account -> UuidSql,
        reached -> Bool,
        solved -> Nullable<Bool>,
        satisfied -> Nullable<Bool>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    order_reviews (id) {
        id -> UuidSql,
        order_id -> UuidSql,
        seq -> Integer,
        channel -> Text,
        stars -> Integer,
        solved -> Bool,
        tags -> Text,
        at -> InstantSql,
        by_account -> UuidSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt};
    use crate::types::{UuidSql};

    quarter_claims (person_id, quarter) {
        person_id -> UuidSql,
        quarter -> BigInt,
        order_id -> UuidSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    photos (id) {
        id -> UuidSql,
        order_id -> UuidSql,
        kind -> Text,
        media_type -> Text,
        bytes -> Integer,
        width -> Integer,
        height -> Integer,
        digest -> Binary,
        uploaded_by -> UuidSql,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    idempotency_keys (principal, target, key) {
        principal -> UuidSql,
        target -> Text,
        key -> Text,
        digest -> Binary,
        status -> Integer,
        resource -> UuidSql,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Text};
    use crate::types::{InstantSql, UuidSql};

    leases (job) {
        job -> Text,
        holder -> UuidSql,
        until -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    audit_entries (id) {
        id -> UuidSql,
        region -> Text,
        at -> InstantSql,
        actor_kind -> Nullable<Text>,
        actor_id -> Nullable<UuidSql>,
        role -> Nullable<Text>,
        action -> Nullable<Text>,
        object -> Nullable<Text>,
        purpose -> Nullable<Text>,
        outcome -> Nullable<Text>,
        request_id -> Nullable<UuidSql>,
        address -> Nullable<Text>,
        digest -> Binary,
        link -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Text};
    use crate::types::{InstantSql};

    audit_links (region, link) {
        region -> Text,
        link -> BigInt,
        entries -> Integer,
        digest -> Binary,
        hash -> Binary,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::types::{InstantSql};

    audit_checkpoints (region, link) {
        region -> Text,
        link -> BigInt,
        hash -> Binary,
        at -> InstantSql,
        token -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql};

    data_keys (id) {
        id -> Integer,
        fingerprint -> Text,
        seals_since -> InstantSql,
        dropped_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::types::{UuidSql};

    carried_keys (id) {
        id -> UuidSql,
        name -> Text,
        secret -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    resealing (place) {
        place -> Text,
        to_key -> Integer,
        total -> BigInt,
        done -> BigInt,
        after -> UuidSql,
        finished_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    consents (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        kind -> Text,
        text_version -> Text,
        giver -> Text,
        relation -> Nullable<Text>,
        channel -> Text,
        evidence -> Nullable<Binary>,
        recorded_by -> Nullable<UuidSql>,
        given_at -> InstantSql,
        withdrawn_at -> Nullable<InstantSql>,
        withdrawn_by -> Nullable<UuidSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    unmask_requests (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        requested_by -> UuidSql,
        purpose -> Text,
        fields -> Text,
        order_id -> Nullable<UuidSql>,
        requested_at -> InstantSql,
        approved -> Nullable<Bool>,
        decided_by -> Nullable<UuidSql>,
        decided_at -> Nullable<InstantSql>,
        expires_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    unmaskings (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        account_id -> UuidSql,
        purpose -> Text,
        fields -> Text,
        order_id -> Nullable<UuidSql>,
        request_id -> Nullable<UuidSql>,
        policy_version -> Text,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Integer};
    use crate::types::{UuidSql};

    unmask_days (account_id, day) {
        account_id -> UuidSql,
        day -> Date,
        used -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    erasures (person_id) {
        person_id -> UuidSql,
        requested_through -> Text,
        by_account -> UuidSql,
        policy_version -> Text,
        services_kept_until -> Nullable<Date>,
        accesses_kept_until -> Nullable<Date>,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer};
    use crate::types::{InstantSql, UuidSql};

    photo_removals (photo_id) {
        photo_id -> UuidSql,
        since -> InstantSql,
        attempts -> Integer,
        next_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    content_checks (id) {
        id -> UuidSql,
        order_id -> UuidSql,
        kind -> Text,
        text_kind -> Nullable<Text>,
        seq -> Nullable<Integer>,
        photo_id -> Nullable<UuidSql>,
        author -> UuidSql,
        state -> Text,
        version -> Integer,
        policy_version -> Text,
        attempts -> Integer,
        next_try -> Nullable<InstantSql>,
        trace -> Nullable<Text>,
        label -> Nullable<Integer>,
        obstacle -> Nullable<Text>,
        created_at -> InstantSql,
        changed_at -> InstantSql,
        decided_by -> Nullable<UuidSql>,
        decided_at -> Nullable<InstantSql>,
        reason -> Nullable<Text>,
        note -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::InstantSql;

    content_verdicts (trace) {
        trace -> Text,
        suggest -> Text,
        label -> Nullable<Integer>,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    clients (id) {
        id -> UuidSql,
        name -> Text,
        division -> Text,
        authentication -> Text,
        expires_at -> InstantSql,
        disabled_at -> Nullable<InstantSql>,
        created_by -> Nullable<UuidSql>,
        created_at -> InstantSql,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::UuidSql;

    client_scopes (client_id, scope) {
        client_id -> UuidSql,
        scope -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    client_credentials (id) {
        id -> UuidSql,
        client_id -> UuidSql,
        secret_digest -> Nullable<Binary>,
        kid -> Nullable<Text>,
        algorithm -> Nullable<Text>,
        jwk -> Nullable<Text>,
        created_at -> InstantSql,
        expires_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::types::{InstantSql, UuidSql};

    client_assertions (client_id, jti) {
        client_id -> UuidSql,
        jti -> Binary,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::types::{InstantSql, UuidSql};

    second_factors (account_id) {
        account_id -> UuidSql,
        secret -> Binary,
        last_step -> BigInt,
        created_at -> InstantSql,
        confirmed_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::types::{InstantSql, UuidSql};

    recovery_codes (account_id, digest) {
        account_id -> UuidSql,
        digest -> Binary,
        used_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable};
    use crate::types::InstantSql;

    sign_in_failures (key) {
        key -> Binary,
        name -> Nullable<Binary>,
        failures -> Integer,
        last_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::types::{InstantSql, UuidSql};

    known_addresses (account_id, address) {
        account_id -> UuidSql,
        address -> Binary,
        last_at -> InstantSql,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    divisions,
    division_aliases,
    populations,
    regions,
    policies,
    persons,
    person_events,
    volunteers,
    accounts,
    grants,
    sessions,
    refresh_tokens,
    signing_keys,
    installation,
    crafts,
    services,
    certifications,
    organisations,
    memberships,
    orders,
    order_texts,
    order_events,
    order_proofs,
    order_members,
    order_offers,
    order_deadlines,
    order_contacts,
    order_reviews,
    quarter_claims,
    photos,
    idempotency_keys,
    leases,
    audit_entries,
    audit_links,
    audit_checkpoints,
    data_keys,
    carried_keys,
    resealing,
    consents,
    unmask_requests,
    unmaskings,
    unmask_days,
    erasures,
    photo_removals,
    content_checks,
    content_verdicts,
    clients,
    client_scopes,
    client_credentials,
    client_assertions,
    second_factors,
    recovery_codes,
    sign_in_failures,
    known_addresses
);
