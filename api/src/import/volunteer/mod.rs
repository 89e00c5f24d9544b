//! Volunteers 志愿者: the people of a table, each with the application or the place as a volunteer.

mod batch;
mod read;

use std::sync::Arc;

use domain::identity::Action;
use domain::import::ImportKind;
use domain::person::VolunteerState;
use persistence::Tx;

use super::people::IDENTIFIERS;
use super::{Column, Loader, Outcome, Row, Seen, Table, refused};
use crate::book::Book;
use crate::problem::Fault;
use batch::Batch;
use read::read;

/// What a table of volunteers is loaded with.
#[derive(Clone)]
pub struct Volunteers {
    /// The regions, whose time zones tell how old somebody is today.
    pub book: Arc<Book>,
    /// Where who has no division of their own lives and serves.
    pub division: Option<String>,
    /// Where they stand at first: `applied`, or `active` where the other platform has admitted them.
    pub state: VolunteerState,
    /// Whether minors without a guardian's consent are written down, by statutory duty, and wait for it; else they are refused.
    pub minors_wait: bool,
    /// Who loads the table.
    pub loader: Loader,
    /// Who has been seen in a trial, which keeps nobody.
    pub seen: Seen,
}

impl Table for Volunteers {
    const ACTION: Action = ImportKind::Volunteers.action();

    const COLUMNS: &'static [Column] = &[
        Column {
            name: "name", headers: &["姓名", "志愿者姓名", "真实姓名", "会员姓名", "họ tên", "họ và tên"], required: true
        },
        IDENTIFIERS[0],
        IDENTIFIERS[1],
        IDENTIFIERS[2],
        IDENTIFIERS[3],
        IDENTIFIERS[4],
        Column { name: "sex", headers: &["性别", "giới tính"], required: false },
        Column {
            name: "division",
            headers: &["区划代码", "所属区划代码", "社区代码", "网格代码", "区划编码", "mã địa bàn"],
            required: false,
        },
        Column {
            name: "number",
            headers: &["志愿者编号", "志愿者号", "注册编号", "会员编号", "编号", "mã tình nguyện viên"],
            required: false,
        },
        Column { name: "guardian_consent", headers: &["监护人同意", "监护人是否同意", "监护人已同意"], required: false },
        Column {
            name: "residence", headers: &["居住地址", "现住址", "住址", "详细地址", "家庭住址", "địa chỉ"], required: false
        },
        Column {
            name: "skills", headers: &["服务技能", "技能", "特长", "技能特长", "专业特长", "kỹ năng"], required: false
        },
        Column { name: "services", headers: &["服务类别", "服务类型", "服务意向", "loại dịch vụ"], required: false },
    ];

    fn load(&self, tx: &mut Tx, rows: &[Row], trial: bool) -> Result<Outcome, Fault> {
        let mut outcome = Outcome::default();
        let mut said = Vec::with_capacity(rows.len());
        for row in rows {
            match read(self, tx.now(), row) {
                Ok(read) => said.push(read),
                Err(problem) => outcome.refused.push(refused(row.line, Self::COLUMNS, &problem)),
            }
        }
        let batch = Batch::look(tx, &said, trial)?;
        batch.decide(self, tx, said, &mut outcome, trial)?;
        outcome.refused.sort_by_key(|refused| refused.line);
        Ok(outcome)
    }
}
