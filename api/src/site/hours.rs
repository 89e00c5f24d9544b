//! Opening hours as they travel.

use std::collections::BTreeMap;

use chrono::{NaiveDate, Weekday};
use domain::person::DayTime;
use domain::site::hours::{Day, Hours, HoursError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::{Problem, Rule};

/// When a site is open in an ordinary week.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyOpening {
    /// 1 is Monday, 7 is Sunday.
    #[schema(minimum = 1, maximum = 7, example = 1)]
    weekday: u8,
    /// When it opens, in the region's zone.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "08:30")]
    opens: String,
    /// When it closes; `24:00` is the end of the day, and a night is said as two openings.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "17:00")]
    closes: String,
}

/// A day on which other hours hold, such as a holiday. Of several for one day each is a time of opening.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialOpening {
    /// The day, in the region's zone.
    day: NaiveDate,
    /// When it opens; closed all day where both times are left out.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "09:00")]
    opens: Option<String>,
    /// When it closes.
    #[schema(min_length = 5, max_length = 5, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "12:00")]
    closes: Option<String>,
}

/// When a site is open.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// In an ordinary week; closed on weekdays that are not named.
    #[schema(max_items = 42)]
    week: Vec<WeeklyOpening>,
    /// On single days, instead of what holds in the week.
    #[schema(max_items = 200)]
    exceptions: Vec<SpecialOpening>,
}

/// Openings of one day: where each stands in the request, and its minutes.
type Given = Vec<(usize, (u16, u16))>;

impl OpeningHours {
    /// Reads the hours.
    ///
    /// # Errors
    /// Names the opening and the rule that it breaks.
    pub(super) fn read(&self) -> Result<Hours, Problem> {
        let (mut week, mut exceptions): (BTreeMap<u8, Given>, BTreeMap<NaiveDate, Given>) = (BTreeMap::new(), BTreeMap::new());
        for (index, opening) in self.week.iter().enumerate() {
            let minutes = minutes("week", index, (&opening.opens, &opening.closes))?;
            week.entry(opening.weekday).or_default().push((index, minutes));
        }
        let mut closed = BTreeMap::new();
        for (index, special) in self.exceptions.iter().enumerate() {
            let given = exceptions.entry(special.day).or_default();
            match (&special.opens, &special.closes) {
                (Some(opens), Some(closes)) => given.push((index, minutes("exceptions", index, (opens, closes))?)),
                (None, None) => {
                    closed.insert(special.day, index);
                }
                (Some(_), None) => return Err(Problem::field(at("exceptions", index, "/closes"), Rule::Required)),
                (None, Some(_)) => return Err(Problem::field(at("exceptions", index, "/opens"), Rule::Required)),
            }
        }
        let both = |day: &NaiveDate| exceptions.get(day).is_some_and(|given| !given.is_empty());
        if let Some((_, index)) = closed.iter().find(|(day, _)| both(day)) {
            return Err(Problem::field(at("exceptions", *index, ""), Rule::WindowsOverlap));
        }
        let mut hours = Hours::default();
        for (weekday, given) in week {
            let weekday = Weekday::try_from(weekday.wrapping_sub(1)).map_err(Problem::internal)?;
            hours = hours.on(weekday, day("week", &given)?);
        }
        for (date, given) in exceptions {
            hours = hours.except(date, day("exceptions", &given)?);
        }
        Ok(hours)
    }
}

fn at(list: &str, index: usize, part: &str) -> String {
    format!("/hours/{list}/{index}{part}")
}

fn minutes(list: &str, index: usize, (opens, closes): (&str, &str)) -> Result<(u16, u16), Problem> {
    let time = |part: &str, raw: &str| {
        let wrong = || Problem::field_with(at(list, index, part), Rule::WrongFormat, vec!["HH:MM".to_owned()]);
        DayTime::parse(raw).map(DayTime::minutes).ok_or_else(wrong)
    };
    Ok((time("/opens", opens)?, time("/closes", closes)?))
}

fn day(list: &str, given: &Given) -> Result<Day, Problem> {
    let pairs: Vec<(u16, u16)> = given.iter().map(|(_, minutes)| *minutes).collect();
    let index = |place: usize| given.get(place).map(|(index, _)| *index).unwrap_or_default();
    Day::parse(&pairs).map_err(|error| match error {
        HoursError::Impossible(place) => Problem::field(at(list, index(place), "/closes"), Rule::EndBeforeStart),
        HoursError::Overlap(place) => Problem::field(at(list, index(place), ""), Rule::WindowsOverlap),
    })
}

impl From<&Hours> for OpeningHours {
    fn from(hours: &Hours) -> Self {
        let time = |minutes| DayTime::after_midnight(minutes).map(|time| time.to_string()).unwrap_or_default();
        let weekly = |(weekday, day): (u8, &Day)| {
            let openings: Vec<_> = day.pairs().collect();
            openings.into_iter().map(move |(opens, closes)| WeeklyOpening { weekday, opens: time(opens), closes: time(closes) })
        };
        let special = |(day, openings): (NaiveDate, &Day)| {
            let openings: Vec<_> = openings.pairs().collect();
            if openings.is_empty() {
                return vec![SpecialOpening { day, opens: None, closes: None }];
            }
            let open = |(opens, closes)| SpecialOpening { day, opens: Some(time(opens)), closes: Some(time(closes)) };
            openings.into_iter().map(open).collect()
        };
        Self { week: hours.week().flat_map(weekly).collect(), exceptions: hours.exceptions().flat_map(special).collect() }
    }
}
