//! Volunteers 志愿者: the people of a table, each with the application or the place as a volunteer.

mod batch;
mod read;

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex};

use domain::person::VolunteerState;
use persistence::Tx;
use uuid::Uuid;

use super::{Column, Outcome, Row, Table, refused};
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
    /// The account that loads the table.
    pub by: Option<Uuid>,
    /// Who has been seen in a trial, which keeps nobody.
    pub seen: Seen,
}

/// Keys that were seen before, as short as they can be.
#[derive(Clone, Default)]
pub struct Seen(Arc<(Mutex<HashSet<u64>>, RandomState)>);

impl Seen {
    /// Notes a key; whether it was noted before.
    fn note(&self, key: &str) -> bool {
        let (seen, hasher) = (&self.0.0, &self.0.1);
        seen.lock().is_ok_and(|mut seen| !seen.insert(hasher.hash_one(key)))
    }
}

impl Table for Volunteers {
    const COLUMNS: &'static [Column] = &[
        Column {
            name: "name", headers: &["姓名", "志愿者姓名", "真实姓名", "会员姓名", "họ tên", "họ và tên"], required: true
        },
        Column { name: "document_kind", headers: &["证件类型", "证件类别", "证件种类", "loại giấy tờ"], required: false },
        Column { name: "document_country", headers: &["证件签发国", "签发国家", "国籍代码"], required: false },
        Column {
            name: "document",
            headers: &["证件号码", "证件号", "身份证号", "身份证号码", "身份号码", "公民身份号码", "身份证", "số giấy tờ"],
            required: false,
        },
        Column {
            name: "phone",
            headers: &["手机号", "手机号码", "手机", "联系电话", "电话", "移动电话", "联系方式", "điện thoại"],
            required: false,
        },
        Column { name: "birth_date", headers: &["出生日期", "出生年月日", "生日", "ngày sinh"], required: false },
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
