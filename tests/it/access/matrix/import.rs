//! Imports, begun for those who ask about them.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use support::world::COMMUNITY;

use super::cast::Cast;
use super::thing::About;

/// A table with a need.
pub(super) const NEEDS: &str = "姓名,手机号,需求类别,需求内容\n赵大爷,13812340000,助餐,每天中午送一餐\n";

/// What an operation on imports is about; none where it is about something else.
pub(super) async fn about(id: &str, path: &str, cast: &Cast<'_>) -> Option<(About, String)> {
    if !path.starts_with("/v1/imports") {
        return None;
    }
    let begin = format!("/v1/imports?kind=demands&basis=consent&division={COMMUNITY}&trial=true");
    let path = match id {
        "beginImport" => begin,
        "listImports" => format!("{path}?division={COMMUNITY}"),
        _ => {
            let form = Form::new().part("file", Part::bytes(NEEDS.as_bytes().to_vec()).file_name("需求.csv"));
            let grid = cast.world.staff(domain::identity::Role::GridMember, COMMUNITY).await;
            let begun = grid.send(grid.request(Method::POST, &begin).multipart(form)).await.is(201);
            path.replace("{id}", begun["id"].as_str().expect("an id"))
        }
    };
    Some((About::Place(COMMUNITY), path))
}
