//! What a volunteer says of themselves: the personal data of a record of voluntary service (志愿服务记录与证明出具办法, 2020),
//! and when they can serve.

use chrono::NaiveDate;

use super::{Phone, Sex};
use crate::order::Group;
use crate::vocabulary;

vocabulary! {
    /// What a volunteer wants to do 服务类别.
    pub enum ServiceKind = "volunteer-service-kinds" {
        /// Help for the poor.
        Relief = "relief": "扶贫济困", "relief of need", "giúp người nghèo";
        /// Help for old people.
        Elderly = "elderly_care": "扶老", "help for old people", "giúp người cao tuổi";
        /// Help for disabled people.
        Disabled = "disability": "助残", "help for disabled people", "giúp người khuyết tật";
        /// Help for children.
        Children = "children": "关爱儿童", "help for children", "chăm sóc trẻ em";
        /// Help for who studies.
        Learning = "learning": "助学支教", "help with learning", "hỗ trợ học tập";
        /// Health.
        Health = "health": "健康服务", "health", "y tế";
        /// Repairs and everyday help.
        Household = "household": "便民维修", "repairs and everyday help", "sửa chữa dân sinh";
        /// Law and mediation.
        Law = "law": "法律与调解", "law and mediation", "pháp luật và hòa giải";
        /// The environment.
        Environment = "environment": "环境保护", "environment", "môi trường";
        /// Culture and sports.
        Culture = "culture": "文化体育", "culture and sports", "văn hóa thể thao";
        /// Events.
        Events = "events": "赛会服务", "events", "phục vụ sự kiện";
        /// Emergencies.
        Emergency = "emergency": "应急救援", "emergencies", "ứng cứu khẩn cấp";
        /// The border.
        Border = "border": "边境服务", "the border", "phục vụ biên giới";
    }
}

vocabulary! {
    /// What is still missing of the personal data of a volunteer's record.
    pub enum ProfileGap = "profile-gaps" {
        /// The sex.
        Sex = "sex": "性别", "sex", "giới tính";
        /// The birth date.
        BirthDate = "birth_date": "出生日期", "birth date", "ngày sinh";
        /// A document.
        Document = "document": "身份证件", "identity document", "giấy tờ tùy thân";
        /// Where the person lives.
        Residence = "residence": "居住地址", "residence", "nơi cư trú";
        /// A telephone number.
        Contact = "contact": "联系方式", "contact", "liên hệ";
        /// Skills.
        Skills = "skills": "服务技能", "skills", "kỹ năng";
        /// Kinds of service.
        Services = "services": "服务类别", "kinds of service", "loại dịch vụ";
        /// The consent of the guardian of a minor.
        GuardianConsent = "guardian_consent": "监护人同意", "consent of the guardian", "sự đồng ý của người giám hộ";
    }
}

/// The minutes of a day: from 00:00 to 24:00.
pub const DAY_MINUTES: u16 = 24 * 60;

/// A time of the day, as the number of minutes since midnight; 1440 is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayTime(u16);

impl DayTime {
    /// Reads `HH:MM`, `00:00` to `24:00`.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let (hours, minutes) = raw.split_once(':')?;
        let digits = |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<u16>().ok());
        let (hours, minutes) = (digits(hours)??, digits(minutes)??);
        let at = hours.checked_mul(60)?.checked_add(minutes)?;
        Self::after_midnight(at).filter(|_| minutes < 60)
    }

    /// So many minutes after midnight, at most 1440.
    #[must_use]
    pub const fn after_midnight(minutes: u16) -> Option<Self> {
        if minutes <= DAY_MINUTES { Some(Self(minutes)) } else { None }
    }

    /// How many minutes after midnight it is.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for DayTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// When somebody can serve, week by week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeeklyWindow {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// From when on.
    pub start: DayTime,
    /// Until when.
    pub end: DayTime,
}

/// A day on which it is otherwise: for a part of it, or for all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayException {
    /// The day, in the region's zone.
    pub day: NaiveDate,
    /// From when on.
    pub start: DayTime,
    /// Until when.
    pub end: DayTime,
    /// Whether the volunteer can serve then.
    pub available: bool,
}

/// What a volunteer says of themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolunteerProfile {
    /// The sex, where no document states it.
    pub sex: Option<Sex>,
    /// Where the person lives, in words.
    pub residence: Option<String>,
    /// A telephone number other than that of the person's record.
    pub phone: Option<Phone>,
    /// What the volunteer can do, in words.
    pub skills: Vec<String>,
    /// What the volunteer wants to do.
    pub services: Vec<ServiceKind>,
    /// Whom the volunteer wants to serve.
    pub groups: Vec<Group>,
    /// When, week by week.
    pub windows: Vec<WeeklyWindow>,
    /// When otherwise.
    pub exceptions: Vec<DayException>,
}

/// Which window of which list is wrong, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AvailabilityFault {
    /// Monday is 1 and Sunday 7.
    #[error("window {0} is of no weekday")]
    Weekday(usize),
    /// A window ends after it starts.
    #[error("{0:?} {1} ends before it starts")]
    EndBeforeStart(AvailabilityList, usize),
    /// Two windows of a day have a moment in common.
    #[error("{0:?} {1} overlaps an earlier one")]
    Overlap(AvailabilityList, usize),
}

/// One of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AvailabilityList {
    /// Week by week.
    Windows,
    /// Single days.
    Exceptions,
}

impl VolunteerProfile {
    /// Checks when the volunteer can serve.
    ///
    /// # Errors
    /// [`AvailabilityFault`] names the first window that is wrong.
    pub fn check(&self) -> Result<(), AvailabilityFault> {
        if let Some(index) = self.windows.iter().position(|window| !(1..=7).contains(&window.weekday)) {
            return Err(AvailabilityFault::Weekday(index));
        }
        let windows: Vec<_> = self.windows.iter().map(|window| (window.weekday, window.start, window.end)).collect();
        let exceptions: Vec<_> = self.exceptions.iter().map(|exception| (exception.day, exception.start, exception.end)).collect();
        check_list(AvailabilityList::Windows, &windows)?;
        check_list(AvailabilityList::Exceptions, &exceptions)
    }

    /// What of the personal data of a record is missing, beside what the person's own record has.
    #[must_use]
    pub fn gaps(&self, known: &KnownOfPerson) -> Vec<ProfileGap> {
        let rows = [
            (ProfileGap::Sex, self.sex.is_none() && !known.sex),
            (ProfileGap::BirthDate, !known.birth_date),
            (ProfileGap::Document, !known.document),
            (ProfileGap::Residence, self.residence.is_none()),
            (ProfileGap::Contact, self.phone.is_none() && !known.phone),
            (ProfileGap::Skills, self.skills.is_empty()),
            (ProfileGap::Services, self.services.is_empty()),
            (ProfileGap::GuardianConsent, known.waits_for_guardian),
        ];
        rows.into_iter().filter_map(|(gap, missing)| missing.then_some(gap)).collect()
    }
}

/// What the record of the person has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one datum is on record")]
pub struct KnownOfPerson {
    /// A document that states the sex.
    pub sex: bool,
    /// The birth date.
    pub birth_date: bool,
    /// A document.
    pub document: bool,
    /// A telephone number.
    pub phone: bool,
    /// A minor whose guardian has not consented.
    pub waits_for_guardian: bool,
}

fn check_list<D: PartialEq>(list: AvailabilityList, windows: &[(D, DayTime, DayTime)]) -> Result<(), AvailabilityFault> {
    for (index, (day, start, end)) in windows.iter().enumerate() {
        if end <= start {
            return Err(AvailabilityFault::EndBeforeStart(list, index));
        }
        let earlier = windows.iter().take(index);
        if earlier.filter(|earlier| earlier.0 == *day).any(|earlier| earlier.1 < *end && *start < earlier.2) {
            return Err(AvailabilityFault::Overlap(list, index));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{
        AvailabilityFault, AvailabilityList, DayException, DayTime, KnownOfPerson, ProfileGap, ServiceKind, VolunteerProfile, WeeklyWindow,
    };
    use crate::person::Sex;
    use crate::vocabulary::Vocabulary;
    use chrono::NaiveDate;

    fn time(raw: &str) -> DayTime {
        DayTime::parse(raw).unwrap()
    }

    fn window(weekday: u8, start: &str, end: &str) -> WeeklyWindow {
        WeeklyWindow { weekday, start: time(start), end: time(end) }
    }

    #[test]
    fn times_of_a_day() {
        for right in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(time(right).to_string(), right);
        }
        for wrong in ["", "9:30", "09:60", "24:01", "25:00", "09-30", "+9:30", "09:3", "09:300"] {
            assert_eq!(DayTime::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn windows_end_after_they_start_and_have_no_moment_in_common() {
        let check = |windows: Vec<WeeklyWindow>| VolunteerProfile { windows, ..VolunteerProfile::default() }.check();
        assert_eq!(check(vec![window(6, "09:00", "11:00"), window(6, "11:00", "12:00"), window(7, "10:00", "24:00")]), Ok(()));
        assert_eq!(check(vec![window(8, "09:00", "11:00")]), Err(AvailabilityFault::Weekday(0)));
        let list = AvailabilityList::Windows;
        assert_eq!(check(vec![window(6, "11:00", "11:00")]), Err(AvailabilityFault::EndBeforeStart(list, 0)));
        let twice = vec![window(6, "09:00", "11:00"), window(7, "09:00", "11:00"), window(6, "10:59", "12:00")];
        assert_eq!(check(twice), Err(AvailabilityFault::Overlap(list, 2)));
    }

    #[test]
    fn so_do_exceptions_of_a_day() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
        let on = |at, start, end, available| DayException { day: day(at), start: time(start), end: time(end), available };
        let check = |exceptions: Vec<DayException>| VolunteerProfile { exceptions, ..VolunteerProfile::default() }.check();
        assert_eq!(check(vec![on(1, "00:00", "24:00", false), on(2, "08:00", "10:00", true)]), Ok(()));
        let both = vec![on(1, "00:00", "24:00", false), on(1, "08:00", "10:00", true)];
        assert_eq!(check(both), Err(AvailabilityFault::Overlap(AvailabilityList::Exceptions, 1)), "one day cannot be both");
    }

    #[test]
    fn what_is_missing_is_named() {
        let nothing = VolunteerProfile::default().gaps(&KnownOfPerson { waits_for_guardian: true, ..KnownOfPerson::default() });
        assert_eq!(nothing, ProfileGap::ALL);
        let known = KnownOfPerson { sex: false, birth_date: true, document: true, phone: true, waits_for_guardian: false };
        let said = VolunteerProfile {
            sex: Some(Sex::Female),
            residence: Some("红旗小区".to_owned()),
            skills: vec!["理发".to_owned()],
            services: vec![ServiceKind::Elderly],
            ..VolunteerProfile::default()
        };
        assert_eq!(said.gaps(&known), []);
    }
}
