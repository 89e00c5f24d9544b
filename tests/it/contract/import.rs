//! Who sends the examples about imports, and the situation in which each makes sense.

use domain::identity::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use support::Client;
use support::world::COMMUNITY;

use super::situation::Cast;

/// A table with a need, one of whose rows cannot be taken.
const NEEDS: &str = "姓名,手机号,需求类别,需求内容\n赵大爷,13812340000,助餐,每天中午送一餐\n钱大妈,不详,助餐,每天中午送一餐\n";

/// The form with it.
pub(super) fn needs() -> Form {
    Form::new().part("file", Part::bytes(NEEDS.as_bytes().to_vec()).file_name("需求.csv"))
}

impl Cast<'_> {
    /// Who does something with an import, and where to.
    pub(super) async fn import_situation(&self, id: &str, path: &str) -> Option<(Client, String)> {
        if !path.starts_with("/v1/imports") {
            return None;
        }
        let grid = self.world.staff(Role::GridMember, COMMUNITY).await;
        let begin = format!("/v1/imports?kind=demands&basis=statutory_duty&division={COMMUNITY}");
        let path = match id {
            "beginImport" => begin,
            "listImports" => format!("{path}?division={COMMUNITY}"),
            _ => {
                let begun = grid.send(grid.request(Method::POST, &begin).multipart(needs())).await.is(201);
                if id == "readImportReport" {
                    self.world.import().await;
                }
                path.replace("{id}", begun["id"].as_str().expect("an id"))
            }
        };
        Some((grid.client.clone(), path))
    }
}
