//! `linli region`: which divisions run a programme of their own.

use clap::{Args, Subcommand};
use domain::region::DivisionCode;
use persistence::{StoreError, region};

use super::stop::Stop;
use super::{open, say};
use crate::settings::Settings;

/// Flags of `linli region`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  linli region add 230822 --programme '专业社工+志愿服务'
  linli region add 4514 --programme '社工+志愿 双轮驱动' --languages zh,vi
  linli region list

The division must be there: `linli import divisions` first. A running service learns of a new region when it restarts.")]
pub(super) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Let a division run a programme
    Add {
        /// Code of the division
        code: DivisionCode,
        /// What the programme is called
        #[arg(long, value_name = "NAME")]
        programme: String,
        /// Time zone of its days and deadlines
        #[arg(long, value_name = "ZONE", default_value = "Asia/Shanghai")]
        zone: chrono_tz::Tz,
        /// Languages it speaks to residents in, the first one first
        #[arg(long, value_name = "TAGS", default_value = "zh", value_delimiter = ',')]
        languages: Vec<String>,
    },
    /// List the regions
    List,
}

/// Runs the command.
pub(super) async fn run(settings: &Settings, flags: Flags) -> Result<(), Stop> {
    let store = open::store(settings).await?;
    match flags.what {
        What::Add { code, programme, zone, languages } => {
            let added = region::Region { division: code.clone(), zone: zone.name().to_owned(), languages, programme };
            let done = store.write::<_, StoreError>(move |tx| region::add_region(tx, &added)).await;
            done.map_err(|error| match error {
                StoreError::Duplicate(_) => Stop::failed(format!("{code} is a region already")),
                StoreError::Unknown(_) => {
                    Stop::failed(format!("there is no division {code}: `linli import divisions FILE.csv` loads them"))
                }
                other => other.into(),
            })?;
            say(&format!("{code} is a region"));
        }
        What::List => {
            for region in store.read::<_, StoreError>(region::regions).await? {
                say(&format!("{}\t{}\t{}\t{}", region.division, region.zone, region.languages.join(","), region.programme));
            }
        }
    }
    Ok(())
}
