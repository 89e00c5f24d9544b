//! A table of needs that a grid member of each region has handed in: it is loaded when the demo serves.

use data_encoding::BASE64;
use domain::import::{ImportKind, ImportState};
use persistence::Tx;
use persistence::import::{self, Import, ImportCounts};
use uuid::Uuid;

use super::manifest::{Cast, Manifest};
use super::seed::Ground;
use crate::cli::stop::Stop;
use crate::problem::Fault;

/// Five rows, of which one cannot be taken.
const NEEDS: &str = "姓名,手机号,出生日期,需求类别,需求内容,紧急程度,人员类别\n\
    孙桂芝,13700001101,1946-02-11,助餐,中午送一餐,紧急,独居\n\
    周德全,13700001102,1950-07-30,助浴,每周一次,,空巢\n\
    吴秀兰,13700001103,1944-11-05,助洁,打扫房间,,\n\
    郑有福,13700001104,1951-01-19,助医陪诊,陪同复查,,\n\
    冯玉珍,不详,1949-09-09,助餐,中午送一餐,,\n";

/// Hands the tables in.
pub(super) async fn hand_in_all(ground: &Ground<'_>, manifest: &Manifest) -> Result<(), Stop> {
    for (number, cast) in manifest.0.values().enumerate() {
        let cast = cast.clone();
        // Somebody of one region is nobody of another.
        let needs = NEEDS.replace("1370000", &format!("1370{number:03}"));
        ground.store.write::<_, Fault>(move |tx| hand_in(tx, &cast, &needs)).await?;
    }
    Ok(())
}

fn hand_in(tx: &mut Tx, cast: &Cast, needs: &str) -> Result<(), Fault> {
    let (id, now) = (Uuid::now_v7(), tx.now());
    let new = Import {
        id,
        region: cast.region.clone(),
        division: cast.grid.clone(),
        kind: ImportKind::Demands,
        options: r#"{"basis":"statutory_duty"}"#.to_owned(),
        trial: false,
        state: ImportState::Queued,
        failure: None,
        total: 5,
        counts: ImportCounts::default(),
        attempts: 0,
        loaded_by: Cast::known(&cast.accounts, "grid_member")?,
        created_at: now,
        changed_at: now,
        version: 1,
    };
    Ok(import::add(tx, &new, &BASE64.encode(needs.as_bytes()))?)
}
