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
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    retention_runs (id) {
        id -> UuidSql,
        region -> Text,
        kind -> Text,
        policy_version -> Text,
        cutoff -> InstantSql,
        started_at -> InstantSql,
        ended_at -> Nullable<InstantSql>,
        erased -> BigInt,
        reached_at -> InstantSql,
        reached_id -> UuidSql,
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
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
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
        profile -> Nullable<Binary>,
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
        hazard -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    certifications (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        craft_id -> UuidSql,
        level -> Text,
        verified_by -> UuidSql,
        valid_from -> InstantSql,
        valid_until -> InstantSql,
        suspended_at -> Nullable<InstantSql>,
        suspended_by -> Nullable<UuidSql>,
        version -> Integer,
        created_at -> InstantSql,
        unsealed_evidence -> Nullable<Text>,
        evidence -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Date, Integer, Nullable, Text};
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
        credit_code -> Nullable<Text>,
        sponsor_id -> Nullable<UuidSql>,
        founded_on -> Nullable<Date>,
        contact -> Nullable<Binary>,
        submitted_by -> Nullable<UuidSql>,
        submitted_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    memberships (organisation_id, person_id) {
        organisation_id -> UuidSql,
        person_id -> UuidSql,
        joined_at -> InstantSql,
        left_at -> Nullable<InstantSql>,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    organisation_events (id) {
        id -> UuidSql,
        organisation_id -> UuidSql,
        step -> Text,
        reason -> Nullable<Binary>,
        version -> Integer,
        by_account -> UuidSql,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::{InstantSql, UuidSql};

    membership_events (id) {
        id -> UuidSql,
        organisation_id -> UuidSql,
        person_id -> UuidSql,
        kind -> Text,
        role -> Text,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::Nullable;
    use crate::types::{InstantSql, UuidSql};

    alliance_members (id) {
        id -> UuidSql,
        alliance_id -> UuidSql,
        member_id -> UuidSql,
        joined_at -> InstantSql,
        left_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    alliance_turns (region) {
        region -> Text,
        turn -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Nullable};
    use crate::types::UuidSql;

    funds (organisation_id) {
        organisation_id -> UuidSql,
        turn -> BigInt,
        closed_until -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::UuidSql;

    fund_balances (organisation_id, account) {
        organisation_id -> UuidSql,
        account -> Text,
        balance -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    fund_entries (id) {
        id -> UuidSql,
        organisation_id -> UuidSql,
        kind -> Text,
        debit -> Text,
        credit -> Text,
        amount -> BigInt,
        happened_on -> Date,
        purpose -> Binary,
        receipt -> Binary,
        state -> Text,
        reverses -> Nullable<UuidSql>,
        policy_version -> Text,
        entered_by -> UuidSql,
        entered_at -> InstantSql,
        decided_by -> Nullable<UuidSql>,
        decided_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::{InstantSql, UuidSql};

    fund_reports (organisation_id, quarter) {
        organisation_id -> UuidSql,
        quarter -> Text,
        statement -> Text,
        digest -> Text,
        published_by -> UuidSql,
        published_at -> InstantSql,
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
        hazard -> Text,
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
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    order_reviews (id) {
        id -> UuidSql,
        order_id -> UuidSql,
        seq -> Integer,
        channel -> Text,
        stars -> Integer,
        solved -> Bool,
        at -> InstantSql,
        by_account -> UuidSql,
        unsealed_tags -> Nullable<Text>,
        tags -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt};
    use crate::types::{UuidSql};

    quarter_claims (person_id, quarter) {
        person_id -> UuidSql,
        quarter -> BigInt,
        holder_id -> UuidSql,
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
        erased_by -> Nullable<UuidSql>,
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

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    messages (id) {
        id -> UuidSql,
        account_id -> UuidSql,
        kind -> Text,
        order_id -> Nullable<UuidSql>,
        certification_id -> Nullable<UuidSql>,
        object_id -> Nullable<UuidSql>,
        subject_told -> Nullable<Bool>,
        at -> InstantSql,
        read_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::{InstantSql, UuidSql};

    interventions (id) {
        id -> UuidSql,
        account_id -> UuidSql,
        by_account -> UuidSql,
        kind -> Text,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::types::InstantSql;

    message_signatures (signature) {
        signature -> Binary,
        body -> Binary,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    households (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    household_members (household_id, person_id) {
        household_id -> UuidSql,
        person_id -> UuidSql,
        relation -> Text,
        joined_at -> InstantSql,
        left_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::types::{InstantSql};

    demand_lists (division, subject_group) {
        division -> Text,
        subject_group -> Text,
        revision -> Integer,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    demand_items (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        subject_group -> Text,
        subject_kind -> Text,
        person_id -> Nullable<UuidSql>,
        household_id -> Nullable<UuidSql>,
        craft_id -> Nullable<UuidSql>,
        care -> Nullable<Text>,
        urgency -> Text,
        tags -> Text,
        source -> Text,
        external_ref -> Nullable<Text>,
        found_by -> UuidSql,
        state -> Text,
        version -> Integer,
        changed_at -> InstantSql,
        opened_at -> InstantSql,
        waiting_since -> InstantSql,
        verified_at -> InstantSql,
        verify_by -> InstantSql,
        reopened -> Integer,
        voices -> Integer,
        order_id -> Nullable<UuidSql>,
        order_live -> Bool,
        served_at -> Nullable<InstantSql>,
        ended_at -> Nullable<InstantSql>,
        drop_reason -> Nullable<Text>,
        policy_version -> Text,
        live_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    demand_events (item_id, seq) {
        item_id -> UuidSql,
        seq -> Integer,
        step -> Text,
        at -> InstantSql,
        actor -> Nullable<UuidSql>,
        division -> Text,
        subject_group -> Text,
        revision -> Integer,
        left_group -> Nullable<Text>,
        left_revision -> Nullable<Integer>,
        state -> Text,
        urgency -> Text,
        tags -> Text,
        waiting_since -> InstantSql,
        verified_at -> InstantSql,
        verify_by -> InstantSql,
        reopened -> Integer,
        voices -> Integer,
        order_id -> Nullable<UuidSql>,
        reason -> Nullable<Text>,
        basis -> Nullable<Text>,
        policy_version -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer};
    use crate::types::{UuidSql};

    demand_texts (id) {
        id -> UuidSql,
        item_id -> UuidSql,
        seq -> Integer,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    volunteer_events (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        seq -> Integer,
        from_state -> Nullable<Text>,
        to_state -> Text,
        reason -> Nullable<Text>,
        note -> Nullable<Binary>,
        own -> Bool,
        by_account -> Nullable<UuidSql>,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    certification_events (id) {
        id -> UuidSql,
        certification_id -> UuidSql,
        kind -> Text,
        reason -> Nullable<Binary>,
        version -> Integer,
        by_account -> Nullable<UuidSql>,
        at -> InstantSql,
    }
}

diesel::table! {
    use crate::types::{InstantSql, UuidSql};

    certification_notices (certification_id) {
        certification_id -> UuidSql,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable};
    use crate::types::{InstantSql, UuidSql};

    insurances (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        insurer -> Nullable<Binary>,
        number -> Nullable<Binary>,
        number_index -> Binary,
        accident -> Bool,
        liability -> Bool,
        medical -> Bool,
        valid_from -> InstantSql,
        valid_until -> InstantSql,
        entered_by -> UuidSql,
        ended_at -> Nullable<InstantSql>,
        ended_by -> Nullable<UuidSql>,
        version -> Integer,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    training_courses (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        title -> Text,
        description -> Nullable<Text>,
        credit_hours -> Integer,
        craft_id -> Nullable<UuidSql>,
        craft_level -> Nullable<Text>,
        valid_months -> Nullable<Integer>,
        active -> Bool,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    training_sessions (id) {
        id -> UuidSql,
        course_id -> UuidSql,
        place -> Text,
        starts_at -> InstantSql,
        ends_at -> InstantSql,
        capacity -> Integer,
        taken -> Integer,
        turn -> Integer,
        state -> Text,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    training_enrolments (id) {
        id -> UuidSql,
        session_id -> UuidSql,
        person_id -> UuidSql,
        place_in_line -> Integer,
        state -> Text,
        credit_hours -> Nullable<Integer>,
        certification_id -> Nullable<UuidSql>,
        version -> Integer,
        by_account -> Nullable<UuidSql>,
        created_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    sites (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        kind -> Text,
        name_zh -> Text,
        name_en -> Nullable<Text>,
        name_vi -> Nullable<Text>,
        address -> Text,
        phone -> Nullable<Text>,
        longitude_e7 -> Integer,
        latitude_e7 -> Integer,
        hours -> Text,
        languages -> Text,
        active -> Bool,
        version -> Integer,
        created_by -> Nullable<UuidSql>,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use crate::types::UuidSql;

    site_services (site_id, service_id) {
        site_id -> UuidSql,
        service_id -> UuidSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Date, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    social_workers (person_id) {
        person_id -> UuidSql,
        region -> Text,
        division -> Text,
        qualification -> Nullable<Text>,
        certificate -> Nullable<Binary>,
        certified_on -> Nullable<Date>,
        registered_on -> Nullable<Date>,
        post -> Text,
        party_member -> Nullable<Bool>,
        active -> Bool,
        version -> Integer,
        entered_by -> UuidSql,
        created_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    social_work_cases (id) {
        id -> UuidSql,
        worker_id -> UuidSql,
        demand_id -> UuidSql,
        opened_by -> UuidSql,
        opened_at -> InstantSql,
        end_reason -> Nullable<Text>,
        ended_by -> Nullable<UuidSql>,
        ended_at -> Nullable<InstantSql>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    exam_registrations (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        region -> Text,
        division -> Text,
        year -> Integer,
        level -> Text,
        state -> Text,
        version -> Integer,
        by_account -> UuidSql,
        created_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    partnerships (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        kind -> Text,
        title -> Text,
        valid_from -> Date,
        valid_until -> Date,
        state -> Text,
        end_reason -> Nullable<Text>,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
        changed_by -> UuidSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::Nullable;
    use crate::types::{InstantSql, UuidSql};

    partnership_parties (partnership_id, organisation_id) {
        partnership_id -> UuidSql,
        organisation_id -> UuidSql,
        agreed_by -> Nullable<UuidSql>,
        agreed_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    pledges (id) {
        id -> UuidSql,
        partnership_id -> UuidSql,
        organisation_id -> UuidSql,
        resource -> Text,
        unit -> Text,
        quota -> BigInt,
        used -> BigInt,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Nullable};
    use crate::types::{InstantSql, UuidSql};

    pledge_uses (id) {
        id -> UuidSql,
        pledge_id -> UuidSql,
        amount -> BigInt,
        used_on -> Date,
        purpose -> Binary,
        reverses -> Nullable<UuidSql>,
        by_account -> UuidSql,
        at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    appointment_slots (id) {
        id -> UuidSql,
        series_id -> UuidSql,
        site_id -> UuidSql,
        service_id -> UuidSql,
        starts_at -> InstantSql,
        ends_at -> InstantSql,
        capacity -> Integer,
        booked -> Integer,
        state -> Text,
        close_reason -> Nullable<Text>,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    appointment_bookings (id) {
        id -> UuidSql,
        slot_id -> UuidSql,
        person_id -> UuidSql,
        order_id -> Nullable<UuidSql>,
        state -> Text,
        basis -> Nullable<Text>,
        policy_version -> Text,
        cancel_until -> InstantSql,
        booked_by -> UuidSql,
        version -> Integer,
        by_account -> UuidSql,
        created_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    shifts (id) {
        id -> UuidSql,
        roster_id -> UuidSql,
        site_id -> UuidSql,
        person_id -> UuidSql,
        post -> Text,
        starts_at -> InstantSql,
        ends_at -> InstantSql,
        state -> Text,
        release_reason -> Nullable<Text>,
        policy_version -> Text,
        version -> Integer,
        by_account -> UuidSql,
        created_by -> UuidSql,
        created_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    apprenticeships (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        craft_id -> UuidSql,
        master_id -> UuidSql,
        apprentice_id -> UuidSql,
        state -> Text,
        stage -> Nullable<Text>,
        stage_since -> Nullable<InstantSql>,
        master_agreed_by -> Nullable<UuidSql>,
        master_agreed_at -> Nullable<InstantSql>,
        apprentice_agreed_by -> Nullable<UuidSql>,
        apprentice_agreed_at -> Nullable<InstantSql>,
        agreed_channel -> Nullable<Text>,
        agreed_evidence -> Nullable<Binary>,
        certification_id -> Nullable<UuidSql>,
        lapsed_at -> Nullable<InstantSql>,
        asked_by -> Nullable<UuidSql>,
        asked_at -> Nullable<InstantSql>,
        end_reason -> Nullable<Text>,
        policy_version -> Text,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
        changed_by -> UuidSql,
        changed_at -> InstantSql,
        ended_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::{InstantSql, UuidSql};

    apprenticeship_stages (apprenticeship_id, stage) {
        apprenticeship_id -> UuidSql,
        stage -> Text,
        began_at -> InstantSql,
        done_at -> InstantSql,
        days -> BigInt,
        works -> BigInt,
        days_needed -> BigInt,
        works_needed -> BigInt,
        certification_id -> UuidSql,
        policy_version -> Text,
        asked_by -> UuidSql,
        asked_at -> InstantSql,
        confirmed_by -> UuidSql,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    apprentice_works (id) {
        id -> UuidSql,
        apprenticeship_id -> UuidSql,
        division -> Text,
        craft_id -> UuidSql,
        stage -> Text,
        title -> Nullable<Binary>,
        description -> Nullable<Binary>,
        made_on -> Date,
        exhibition -> Nullable<Text>,
        exhibited_on -> Nullable<Date>,
        site_id -> Nullable<UuidSql>,
        price_fen -> Nullable<BigInt>,
        withdrawn_at -> Nullable<InstantSql>,
        version -> Integer,
        created_by -> UuidSql,
        created_at -> InstantSql,
        changed_by -> UuidSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Date, Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    care_plans (id) {
        id -> UuidSql,
        demand_id -> UuidSql,
        live_demand -> Nullable<UuidSql>,
        region -> Text,
        division -> Text,
        person_id -> UuidSql,
        service_id -> UuidSql,
        urgency -> Text,
        basis -> Text,
        rule -> Text,
        first_day -> Date,
        last_day -> Date,
        starts_minute -> Integer,
        minutes -> Integer,
        note -> Nullable<Binary>,
        address -> Nullable<Binary>,
        state -> Text,
        end_reason -> Nullable<Text>,
        next_day -> Nullable<Date>,
        act_at -> Nullable<InstantSql>,
        policy_version -> Text,
        version -> Integer,
        made_by -> UuidSql,
        made_at -> InstantSql,
        changed_at -> InstantSql,
        ended_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    care_visits (plan_id, on_day) {
        plan_id -> UuidSql,
        on_day -> Date,
        starts_at -> InstantSql,
        ends_at -> InstantSql,
        state -> Text,
        order_id -> Nullable<UuidSql>,
        skip_reason -> Nullable<Text>,
        ask_at -> Nullable<InstantSql>,
        missed_at -> Nullable<InstantSql>,
        policy_version -> Text,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{InstantSql, UuidSql};

    imports (id) {
        id -> UuidSql,
        region -> Text,
        division -> Text,
        kind -> Text,
        options -> Text,
        trial -> Bool,
        state -> Text,
        failure -> Nullable<Text>,
        content -> Nullable<Binary>,
        total -> BigInt,
        seen -> BigInt,
        added -> BigInt,
        unchanged -> BigInt,
        differing -> BigInt,
        refused -> BigInt,
        attempts -> Integer,
        loaded_by -> UuidSql,
        created_at -> InstantSql,
        changed_at -> InstantSql,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::UuidSql;

    import_rows (import_id, line, field) {
        import_id -> UuidSql,
        line -> BigInt,
        field -> Text,
        outcome -> Text,
        rule -> Text,
        words -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    cavalry (person_id) {
        person_id -> UuidSql,
        region -> Text,
        division -> Text,
        employment -> Text,
        emergency_ready -> Bool,
        active -> Bool,
        version -> Integer,
        by_account -> UuidSql,
        joined_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    cavalry_duties (id) {
        id -> UuidSql,
        person_id -> UuidSql,
        region -> Text,
        division -> Text,
        policy_version -> Text,
        started_at -> InstantSql,
        ended_at -> Nullable<InstantSql>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::types::{InstantSql, UuidSql};

    cavalry_positions (person_id) {
        person_id -> UuidSql,
        duty_id -> UuidSql,
        region -> Text,
        longitude_e7 -> Integer,
        latitude_e7 -> Integer,
        heard_at -> InstantSql,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::types::{InstantSql, UuidSql};

    emergency_rings (order_id) {
        order_id -> UuidSql,
        region -> Text,
        division -> Text,
        people -> Integer,
        site_id -> Nullable<UuidSql>,
        policy_version -> Text,
        at -> InstantSql,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    divisions,
    division_aliases,
    populations,
    regions,
    policies,
    retention_runs,
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
    organisation_events,
    membership_events,
    alliance_members,
    alliance_turns,
    funds,
    fund_balances,
    fund_entries,
    fund_reports,
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
    messages,
    clients,
    client_scopes,
    client_credentials,
    client_assertions,
    second_factors,
    recovery_codes,
    sign_in_failures,
    known_addresses,
    interventions,
    message_signatures,
    households,
    household_members,
    demand_lists,
    demand_items,
    demand_events,
    demand_texts,
    volunteer_events,
    certification_events,
    certification_notices,
    insurances,
    training_courses,
    training_sessions,
    training_enrolments,
    partnerships,
    emergency_rings,
    cavalry_positions,
    cavalry_duties,
    cavalry,
    imports,
    import_rows,
    partnership_parties,
    pledges,
    pledge_uses,
    social_workers,
    social_work_cases,
    exam_registrations,
    sites,
    site_services,
    appointment_slots,
    appointment_bookings,
    shifts,
    care_plans,
    care_visits,
    apprenticeships,
    apprenticeship_stages,
    apprentice_works
);
