//! How PostgreSQL answers the questions: its own plans, with what was really read.

use persistence::{Location, tools};
use support::Outcome;

/// The questions as statements; what is looked for is taken from somebody on record.
const STATEMENTS: [(&str, &str); 5] = [
    (
        "a grid''s list",
        "SELECT * FROM demand_items WHERE division = (SELECT division FROM demand_items LIMIT 1) AND subject_group = ''elderly'' \
         AND live_key IS NOT NULL LIMIT 20000",
    ),
    (
        "full name",
        "SELECT id FROM persons WHERE merged_into IS NULL AND division >= ''4514'' AND division < ''4515'' \
         AND name_index = (SELECT name_index FROM persons LIMIT 1) ORDER BY division, id LIMIT 50",
    ),
    (
        "surname in the city",
        "SELECT id FROM persons WHERE merged_into IS NULL AND division >= ''4514'' AND division < ''4515'' \
         AND surname_index = (SELECT surname_index FROM persons LIMIT 1) ORDER BY division, id LIMIT 50",
    ),
    ("phone", "SELECT * FROM persons WHERE phone_index = (SELECT phone_index FROM persons LIMIT 1) ORDER BY id"),
    ("volunteer number", "SELECT * FROM volunteers WHERE number = (SELECT number FROM volunteers LIMIT 1)"),
];

const EXPLAIN: &str = "CREATE FUNCTION explained(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN \
    RETURN QUERY EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || statement; END $$";

/// Prints the plans.
pub(crate) fn print(location: &Location) -> Outcome<()> {
    tools::execute(location, EXPLAIN)?;
    for (name, statement) in STATEMENTS {
        println!("\n{}:", name.replace("''", "'"));
        for line in tools::lines(location, &format!("SELECT explained AS line FROM explained('{statement}')"))? {
            println!("    {line}");
        }
    }
    Ok(())
}
