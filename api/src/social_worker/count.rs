//! How many social workers there are, and what they are.

use actix_web::web::Data;
use domain::social_worker::{Qualification, SocialWorkPost};
use domain::vocabulary::Vocabulary as _;
use persistence::Tx;
use persistence::social_worker::{Tally, tally};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::endpoint::Endpoint;
use crate::endpoints;
use crate::problem::Fault;
use crate::region;
use crate::services::Services;

/// Every endpoint of counts.
pub(super) fn endpoints() -> Vec<Endpoint> {
    endpoints!["social-workers": counts]
}

/// Where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CountsOf {
    /// Where they work; the division with all below it.
    #[param(min_length = 2, max_length = 15, example = "230822")]
    division: String,
}

/// How many have a qualification.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct QualificationCount {
    /// The qualification; null for those who have none yet.
    qualification: Option<Qualification>,
    /// How many.
    people: i64,
}

/// How many are of a post.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PostCount {
    /// The post.
    post: SocialWorkPost,
    /// How many.
    people: i64,
}

/// The social workers of a division who work there now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SocialWorkerCounts {
    /// The division.
    division: String,
    /// How many there are.
    people: i64,
    /// The same by qualification; sums up to `people`.
    qualifications: Vec<QualificationCount>,
    /// The same by post; sums up to `people`.
    posts: Vec<PostCount>,
    /// How many belong to the party.
    party_members: i64,
    /// Of how many it is known whether they do.
    party_known: i64,
    /// `party_members` of `party_known`, in basis points, rounded down; null where nothing is known.
    #[schema(example = 6210)]
    party_share: Option<i64>,
}

fn sum(tallies: &[Tally], counts: impl Fn(&Tally) -> bool) -> i64 {
    tallies.iter().filter(|tally| counts(tally)).map(|tally| tally.people).sum()
}

fn counted(division: String, tallies: &[Tally]) -> SocialWorkerCounts {
    let levels = Qualification::ALL.iter().copied().map(Some).chain([None]);
    let with = |qualification| QualificationCount { qualification, people: sum(tallies, |tally| tally.qualification == qualification) };
    let of = |post: &SocialWorkPost| PostCount { post: *post, people: sum(tallies, |tally| tally.post == *post) };
    let (party_members, party_known) =
        (sum(tallies, |tally| tally.party_member == Some(true)), sum(tallies, |tally| tally.party_member.is_some()));
    SocialWorkerCounts {
        division,
        people: sum(tallies, |_| true),
        qualifications: levels.map(with).collect(),
        posts: SocialWorkPost::ALL.iter().map(of).collect(),
        party_members,
        party_known,
        party_share: (party_members * 10_000).checked_div(party_known),
    }
}

/// Count the social workers of a division.
///
/// 社会工作者统计:在岗人数,按资格、岗位与党员(分子分母同列)。
#[utoipa::path(get, path = "/v1/measures/social-workers", operation_id = "countSocialWorkers", params(CountsOf),
    responses((status = 200, description = "统计", body = SocialWorkerCounts)))]
pub async fn counts(services: Data<Services>, actor: Actor<may::ReadMeasures>, query: Query<CountsOf>) -> Answer<SocialWorkerCounts> {
    let division = region::code("division", &query.0.division)?;
    actor.within(&division)?;
    let work = move |tx: &mut Tx| -> Result<SocialWorkerCounts, Fault> {
        let within = region::known(tx, "division", &division)?.code;
        Ok(counted(within.to_string(), &tally(tx, &within)?))
    };
    Ok(Reply::ok(services.store.read(work).await?))
}

#[cfg(test)]
mod tests {
    use super::counted;
    use domain::social_worker::{Qualification, SocialWorkPost};
    use persistence::social_worker::Tally;

    #[test]
    fn every_part_sums_up_to_the_whole() {
        let tally = |qualification, post, party_member, people| Tally { qualification, post, party_member, people };
        let counts = counted(
            "230822".to_owned(),
            &[
                tally(Some(Qualification::Assistant), SocialWorkPost::Station, Some(true), 3),
                tally(None, SocialWorkPost::CommunityWorker, Some(false), 4),
                tally(None, SocialWorkPost::CommunityWorker, None, 5),
            ],
        );
        assert_eq!(counts.people, 12);
        assert_eq!(counts.qualifications.iter().map(|count| count.people).sum::<i64>(), 12);
        assert_eq!(counts.posts.iter().map(|count| count.people).sum::<i64>(), 12);
        assert_eq!((counts.party_members, counts.party_known, counts.party_share), (3, 7, Some(4285)));
        assert_eq!(counted("230822".to_owned(), &[]).party_share, None, "nothing is a share of nobody");
    }
}
