//! Consent 同意: on what a person's data may be processed, and what is missing.

use super::PrivacyPolicy;
use crate::order::Basis;
use crate::vocabulary;

vocabulary! {
    /// What a consent allows. Sensitive data and publication need one of their own (PIPL, 25 and 29).
    pub enum ConsentKind = "consent-kinds" {
        /// To be on record, found and known as a volunteer.
        Register = "register": "登记", "to be registered", "được đăng ký";
        /// To be served through orders.
        BeServed = "be_served": "接受服务", "to be served", "được phục vụ";
        /// To have sensitive data processed; of a child under 14 every datum is (PIPL, 28).
        SensitiveData = "sensitive_data": "处理敏感个人信息", "processing of sensitive data", "xử lý dữ liệu nhạy cảm";
        /// To be named or shown in public.
        Publication = "publication": "公开", "publication", "công bố";
    }
}

vocabulary! {
    /// Who gave a consent.
    pub enum ConsentGiver = "consent-givers" {
        /// The person.
        Own = "self": "本人", "the person", "chính người đó";
        /// A guardian.
        Guardian = "guardian": "监护人", "a guardian", "người giám hộ";
    }
}

vocabulary! {
    /// How a guardian stands to the person (民法典, 27 and 28).
    pub enum GuardianRelation = "guardian-relations" {
        /// Father or mother.
        Parent = "parent": "父母", "parent", "cha mẹ";
        /// Grandfather or grandmother.
        Grandparent = "grandparent": "祖父母、外祖父母", "grandparent", "ông bà";
        /// Brother or sister of full age.
        Sibling = "sibling": "成年兄、姐", "elder sibling", "anh chị";
        /// Husband or wife.
        Spouse = "spouse": "配偶", "spouse", "vợ chồng";
        /// A child of full age.
        Child = "child": "成年子女", "child of full age", "con thành niên";
        /// Somebody else, or an organisation, appointed as guardian.
        Appointed = "appointed": "依法指定的其他监护人", "appointed guardian", "người giám hộ được chỉ định";
    }
}

vocabulary! {
    /// How a consent was given.
    pub enum ConsentChannel = "consent-channels" {
        /// In the mini-program.
        MiniProgram = "mini_program": "小程序", "mini-program", "ứng dụng nhỏ";
        /// Face to face.
        InPerson = "in_person": "当面", "in person", "trực tiếp";
        /// On the telephone.
        Phone = "phone": "电话", "telephone", "điện thoại";
        /// On paper.
        Paper = "paper": "书面", "on paper", "bằng văn bản";
        /// Taken over from a record of before consents were kept one by one.
        EarlierRecord = "earlier_record": "沿用此前登记", "from an earlier record", "từ hồ sơ trước";
    }
}

/// Under this age a guardian consents (民法典, 17 and 19): law, not policy.
const FULL_AGE: u32 = 18;

/// A consent as the rule sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenConsent {
    /// What it allows.
    pub kind: ConsentKind,
    /// Who gave it.
    pub giver: ConsentGiver,
    /// Whether it was not withdrawn.
    pub stands: bool,
}

/// On what processing rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A consent of the person or of a guardian.
    Consent(ConsentGiver),
    /// Another basis, which is cited: emergency or statutory duty.
    Basis(Basis),
}

/// The consent that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the consent {kind} by {giver} is missing")]
pub struct MissingConsent {
    /// What it would allow.
    pub kind: ConsentKind,
    /// Who must give it.
    pub giver: ConsentGiver,
}

/// Who must consent at this age; for who is of full age also a guardian may (for who cannot consent). An age that is not
/// known counts as full.
#[must_use]
pub const fn who_consents(age: Option<u32>) -> ConsentGiver {
    match age {
        Some(age) if age < FULL_AGE => ConsentGiver::Guardian,
        Some(_) | None => ConsentGiver::Own,
    }
}

/// On what this processing rests now, or which consent is missing.
///
/// # Errors
/// [`MissingConsent`]: never given, withdrawn, or given by who cannot.
pub fn ground(
    kind: ConsentKind,
    age: Option<u32>,
    consents: &[GivenConsent],
    basis: Option<Basis>,
    policy: &PrivacyPolicy,
) -> Result<Ground, MissingConsent> {
    // Nobody is published in an emergency.
    if let Some(basis @ (Basis::Emergency | Basis::StatutoryDuty)) = basis.filter(|_| kind != ConsentKind::Publication) {
        return Ok(Ground::Basis(basis));
    }
    let giver = who_consents(age);
    let counts = |given: &GivenConsent, kind| {
        given.stands && given.kind == kind && (given.giver == ConsentGiver::Guardian || giver == ConsentGiver::Own)
    };
    let of = |kind| consents.iter().find(|given| counts(given, kind)).ok_or(MissingConsent { kind, giver });
    let found = of(kind)?;
    if age.is_some_and(|age| age < policy.sensitive_under) {
        of(ConsentKind::SensitiveData)?;
    }
    Ok(Ground::Consent(found.giver))
}

/// Whether a consent of this kind was given and then withdrawn: who never gave one may be on record on another basis.
#[must_use]
pub fn is_withdrawn(kind: ConsentKind, consents: &[GivenConsent]) -> bool {
    let mut of_kind = consents.iter().filter(|given| given.kind == kind).peekable();
    of_kind.peek().is_some() && of_kind.all(|given| !given.stands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary as _;
    use proptest::prelude::*;

    fn given() -> impl Strategy<Value = GivenConsent> {
        let (kind, giver) = (proptest::sample::select(ConsentKind::ALL), proptest::sample::select(ConsentGiver::ALL));
        (kind, giver, any::<bool>()).prop_map(|(kind, giver, stands)| GivenConsent { kind, giver, stands })
    }

    fn policy() -> PrivacyPolicy {
        PrivacyPolicy::default()
    }

    #[test]
    fn a_child_under_fourteen_needs_a_separate_consent_of_the_guardian() {
        let by = |kind, giver| GivenConsent { kind, giver, stands: true };
        let served = by(ConsentKind::BeServed, ConsentGiver::Guardian);
        let asked = |age, consents: &[GivenConsent]| ground(ConsentKind::BeServed, Some(age), consents, None, &policy());
        let sensitive = MissingConsent { kind: ConsentKind::SensitiveData, giver: ConsentGiver::Guardian };
        assert_eq!(asked(13, &[served]), Err(sensitive));
        assert_eq!(asked(14, &[served]), Ok(Ground::Consent(ConsentGiver::Guardian)));
        let both = [served, by(ConsentKind::SensitiveData, ConsentGiver::Guardian)];
        assert_eq!(asked(13, &both), Ok(Ground::Consent(ConsentGiver::Guardian)));
        assert!(asked(13, &[served, by(ConsentKind::SensitiveData, ConsentGiver::Own)]).is_err());
        assert!(asked(17, &[by(ConsentKind::BeServed, ConsentGiver::Own)]).is_err());
        assert!(asked(18, &[by(ConsentKind::BeServed, ConsentGiver::Own)]).is_ok());
    }

    proptest! {
        #[test]
        fn without_a_standing_consent_nothing_is_processed_but_on_another_basis(
            kind in proptest::sample::select(ConsentKind::ALL), age in proptest::option::of(0_u32..100),
            consents in proptest::collection::vec(given(), 0..8), basis in proptest::option::of(proptest::sample::select(Basis::ALL)),
        ) {
            let withdrawn: Vec<_> = consents.iter().map(|given| GivenConsent { stands: given.stands && given.kind != kind, ..*given }).collect();
            let other = matches!(basis, Some(Basis::Emergency | Basis::StatutoryDuty)) && kind != ConsentKind::Publication;
            prop_assert_eq!(ground(kind, age, &withdrawn, basis, &policy()).is_ok(), other, "withdrawal stops it");
            let minor = age.is_some_and(|age| age < 18);
            let own: Vec<_> = consents.iter().map(|given| GivenConsent { giver: ConsentGiver::Own, ..*given }).collect();
            if minor && !other {
                prop_assert!(ground(kind, age, &own, basis, &policy()).is_err(), "a minor does not consent alone");
            }
        }

        #[test]
        fn what_is_said_to_be_missing_is_what_helps(
            kind in proptest::sample::select(ConsentKind::ALL), age in proptest::option::of(0_u32..100),
            mut consents in proptest::collection::vec(given(), 0..8),
        ) {
            for _ in 0..2 {
                if let Err(missing) = ground(kind, age, &consents, None, &policy()) {
                    consents.push(GivenConsent { kind: missing.kind, giver: missing.giver, stands: true });
                }
            }
            prop_assert!(ground(kind, age, &consents, None, &policy()).is_ok());
        }
    }
}
