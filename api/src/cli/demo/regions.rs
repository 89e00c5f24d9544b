//! The two regions, from the public files that come with the program.

use domain::region::{DivisionCode, Level};
use persistence::Tx;
use persistence::region::{self, Division, Region};
use serde::Deserialize;

use super::catalogue_data::{self, Catalogue};
use super::people_data::{self, People};
use super::sites::{self, SiteData};
use super::story::Story;
use super::{stories_chongzuo, stories_huanan};
use crate::cli::stop::Stop;
use crate::problem::Fault;

/// The real divisions of both regions.
pub(super) const DIVISIONS: &str = include_str!("../../../data/divisions.csv");

/// A region as the demo shows it.
pub(super) struct Script {
    /// What is published about it.
    pub(super) published: &'static str,
    /// Its county, township, community with a station, and the community beside it.
    pub(super) places: [&'static str; 4],
    /// The grids by community.
    pub(super) grids: &'static [(&'static str, &'static [&'static str])],
    /// Its population, where one is published: year, residents, source.
    pub(super) population: Option<(i32, i64, &'static str)>,
    /// Where the demo plays: longitude and latitude.
    pub(super) centre: (f64, f64),
    /// Crafts and services.
    pub(super) catalogue: &'static Catalogue,
    /// Who is there.
    pub(super) people: &'static People,
    /// Where people are served.
    pub(super) sites: &'static [SiteData],
    /// What happened.
    pub(super) stories: fn() -> Vec<Story>,
}

/// Both regions.
pub(super) const SCRIPTS: [Script; 2] = [
    Script {
        published: include_str!("../../../data/huanan.json"),
        places: ["230822", "230822106", "230822106003", "230822106024"],
        grids: &[
            ("230822106003", &["前进社区第一网格", "前进社区第二网格", "前进社区第三网格"]),
            ("230822106024", &["学府社区第一网格", "学府社区第二网格"]),
            ("230822106004", &["铁东社区第一网格"]),
        ],
        population: None,
        centre: (130.553, 46.239),
        catalogue: &catalogue_data::HUANAN,
        people: &people_data::HUANAN,
        sites: &sites::HUANAN,
        stories: stories_huanan::stories,
    },
    Script {
        published: include_str!("../../../data/chongzuo.json"),
        places: ["451402", "451402003", "451402003003", "451402003002"],
        grids: &[
            ("451402003003", &["友谊社区第一网格", "友谊社区第二网格", "友谊社区第三网格"]),
            ("451402003002", &["丽金社区第一网格"]),
            ("451481100001", &["北大路第一网格", "北大路第二网格"]),
        ],
        // 488,040 registered volunteers are 23.43 % of the residents.
        population: Some((2025, 2_083_000, "中国新闻网 2025-07:注册志愿者 488040 人占常住人口 23.43%,推算约 208.3 万人")),
        centre: (107.365, 22.377),
        catalogue: &catalogue_data::CHONGZUO,
        people: &people_data::CHONGZUO,
        sites: &sites::CHONGZUO,
        stories: stories_chongzuo::stories,
    },
];

/// What the demo reads of a published file.
#[derive(Deserialize)]
pub(super) struct Published {
    /// The region's code.
    pub(super) region: DivisionCode,
    /// What its programme is called.
    pub(super) programme: String,
    /// The languages it speaks; Chinese where nothing is said.
    #[serde(default = "chinese")]
    pub(super) languages: Vec<String>,
}

fn chinese() -> Vec<String> {
    vec!["zh".to_owned()]
}

impl Script {
    /// Reads what is published.
    pub(super) fn read(&self) -> Result<Published, Stop> {
        serde_json::from_str(self.published).map_err(|error| Stop::failed(error.to_string()))
    }

    /// The code of one of its places.
    pub(super) fn place(&self, index: usize) -> Result<DivisionCode, Stop> {
        code(self.places.get(index).copied().unwrap_or_default())
    }

    /// Adds the region with its grids and its population.
    pub(super) fn add(&self, tx: &mut Tx, published: &Published) -> Result<(), Fault> {
        for (community, names) in self.grids {
            for (index, name) in names.iter().enumerate() {
                let code = DivisionCode::parse(&format!("{community}{:03}", index + 1)).map_err(crate::problem::Problem::internal)?;
                let grid = Division { parent: code.parent(), code, level: Level::Grid, name: (*name).to_owned() };
                region::add(tx, &grid)?;
            }
        }
        region::add_region(
            tx,
            &Region {
                division: published.region.clone(),
                zone: "Asia/Shanghai".to_owned(),
                languages: published.languages.clone(),
                programme: published.programme.clone(),
            },
        )?;
        if let Some((year, residents, source)) = self.population {
            region::set_population(tx, &published.region, year, residents, source)?;
        }
        Ok(())
    }
}

/// Reads a code of a script.
pub(super) fn code(raw: &str) -> Result<DivisionCode, Stop> {
    DivisionCode::parse(raw).map_err(|error| Stop::failed(format!("{raw}: {error}")))
}
