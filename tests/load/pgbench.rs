//! The same statements by pgbench: what the database itself can do, without a service.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use persistence::Location;
use serde_json::Value;
use uuid::Uuid;

use crate::options::Options;
use crate::population::{Asker, ORDER_ID_SQL, Population, order_id};
use crate::statements::{self, Caught, Statement};
use support::Outcome;
use support::http::{self, Connection};
use support::postgres::{Postgres, require};

/// A new id from pgbench's variable `r`: ordered by time like those of the service, and the same wherever the same one stands in
/// a transaction.
fn new_id(which: usize) -> String {
    format!("(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5('{which}-' || :r::text), 13))::uuid")
}

/// What is new each time, with the SQL that makes another: ids that differ between two requests, and the number of the order.
fn made_anew(caught: &Caught, number: &str) -> Vec<(String, String)> {
    let values = |statements: &[Statement]| -> Vec<String> {
        statements.iter().flat_map(|statement| statement.parameters.iter().flatten().cloned()).collect()
    };
    let before = values(&caught.before);
    let mut anew: Vec<(String, String)> = Vec::new();
    for value in values(&caught.last) {
        let known = before.contains(&value) || anew.iter().any(|(known, _)| *known == value);
        if !known && Uuid::parse_str(&value).is_ok() {
            anew.push((value, new_id(anew.len())));
        }
    }
    anew.push((number.to_owned(), "('230822-' || upper(substr(md5(:r::text), 1, 12)))".to_owned()));
    anew
}

/// What pgbench does, and how fast.
pub(crate) struct Figures {
    /// `GET one order`: statements in each, and how often in a second.
    pub(crate) one: (usize, f64),
    /// `place an order`.
    pub(crate) place: (usize, f64),
}

/// Captures the statements of reading and of placing an order, and runs them with pgbench.
pub(crate) async fn measure(postgres: &Postgres, population: &Population, options: &Options) -> Outcome<Figures> {
    let location = &population.database.location;
    statements::log_all(location, true)?;
    let (one, place) = capture(postgres, population).await?;
    statements::log_all(location, false)?;
    let folder = tempfile::tempdir()?;
    let keep = |name: &str, scripts: &[String]| -> Outcome<Vec<PathBuf>> {
        let paths = (0..scripts.len()).map(|number| folder.path().join(format!("{name}-{number}.sql"))).collect::<Vec<_>>();
        paths.iter().zip(scripts).try_for_each(|(path, script)| fs::write(path, script))?;
        Ok(paths)
    };
    let (one_file, place_files) = (keep("one", &[one.1])?, keep("place", &for_others(&place.1, population))?);
    Ok(Figures {
        one: (one.0, run(postgres, location, &one_file, options)?),
        place: (place.0, run(postgres, location, &place_files, options)?),
    })
}

/// So many residents take turns: one alone would have all connections wait for the same rows.
const RESIDENTS: usize = 64;

/// The script of the first resident, as it is for each of several.
fn for_others(script: &str, population: &Population) -> Vec<String> {
    let Some(first) = population.residents.get(ASKS) else { return Vec::new() };
    let named = |ids: [Uuid; 2]| ids.map(|id| id.to_string());
    let [person, account] = named([first.person, first.account]);
    let for_one = |resident: &Asker| {
        let [other, other_account] = named([resident.person, resident.account]);
        script.replace(&person, &other).replace(&account, &other_account)
    };
    population.residents.iter().take(RESIDENTS).map(for_one).collect()
}

type Script = (usize, String);

/// Which of the residents is listened to: the one to whom the first order belongs.
const ASKS: usize = 1;

/// The scripts of both requests, with the number of statements in each.
async fn capture(postgres: &Postgres, population: &Population) -> Outcome<(Script, Script)> {
    let server = population.serve(&[("LINLI_POOL", "1")]).await?;
    let mut connection = Connection::open(server.address).await?;
    let owner = population.residents.get(ASKS).ok_or("there are no residents")?;
    let read = http::get(&format!("/v1/orders/{}", order_id(1)), Some(&owner.token));
    let placing = http::post("/v1/orders", &owner.token, &population.wish());
    let mut ask = async |request: &[u8], due: u16| -> Outcome<Value> {
        let reply = connection.send(request).await?;
        if reply.status == due { Ok(serde_json::from_slice(reply.body)?) } else { Err(format!("{} instead of {due}", reply.status).into()) }
    };
    let (sent, _) = statements::of_request(postgres, statements::outside_transactions, async || ask(&read, 200).await).await?;
    let one = (sent.last.len(), script(population.orders, &sent.last, &[(order_id(1).to_string(), ORDER_ID_SQL.to_owned())])?);
    let (sent, order) = statements::of_request(postgres, statements::that_places, async || ask(&placing, 201).await).await?;
    let number = order.get("number").and_then(Value::as_str).ok_or("the placed order has no number")?;
    let place = script(population.orders, &sent.last, &made_anew(&sent, number))?;
    Ok((one, (sent.last.len(), place)))
}

/// A script of pgbench: the statements with their parameters, some of which differ each time.
fn script(orders: u64, statements: &[Statement], fresh: &[(String, String)]) -> Outcome<String> {
    if fresh.iter().any(|(known, _)| !statements.iter().any(|statement| statement.parameters.iter().flatten().any(|value| value == known)))
    {
        return Err("what must differ each time is not among the parameters of the statements".into());
    }
    let mut script = format!("\\set n random(1, {orders})\n\\set r random(1, 9000000000000000)\n");
    for statement in statements {
        script.push_str(&filled(statement, fresh));
        script.push_str(";\n");
    }
    Ok(script)
}

/// A statement with its parameters in place.
fn filled(statement: &Statement, fresh: &[(String, String)]) -> String {
    let mut filled = String::new();
    let mut pieces = statement.sql.trim_end_matches(';').split('$');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.chars().take_while(char::is_ascii_digit).count();
        let (number, rest) = piece.split_at_checked(digits).unwrap_or_default();
        let place = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match place.and_then(|place| statement.parameters.get(place)) {
            Some(Some(value)) => match fresh.iter().find(|(known, _)| known == value) {
                Some((_, sql)) => filled.push_str(sql),
                None => filled.push_str(&literal(value)),
            },
            Some(None) => filled.push_str("NULL"),
            None => filled.push_str(&format!("${number}")),
        }
        filled.push_str(rest);
    }
    filled.replace('\n', " ")
}

/// A literal without colons, which pgbench would take for its variables.
fn literal(value: &str) -> String {
    let quoted = value.replace('\'', "''");
    if quoted.contains(':') { format!("U&'{}'", quoted.replace('\\', "\\\\").replace(':', "\\003A")) } else { format!("'{quoted}'") }
}

/// Runs scripts by turns; how often in a second it was done.
fn run(postgres: &Postgres, location: &Location, scripts: &[PathBuf], options: &Options) -> Outcome<f64> {
    let Location::Postgres(url) = location else { return Err("pgbench is for PostgreSQL".into()) };
    let seconds = options.time().as_secs().max(1).to_string();
    let mut command = Command::new(postgres.program("pgbench"));
    command.args(["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", &seconds]);
    for script in scripts {
        command.arg("-f").arg(script);
    }
    command.arg(url);
    let said = require(&command.output()?)?;
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
    rate.ok_or_else(|| format!("pgbench did not say how fast it was:\n{said}").into())
}

#[cfg(test)]
mod tests {
    use super::{Statement, filled};

    #[test]
    fn parameters_are_put_in_place() {
        let parameters = vec![Some("id-1".to_owned()), Some("it's 12:30".to_owned()), None];
        let statement = Statement { sql: "SELECT $1, $2, $3, $1".to_owned(), parameters };
        let fresh = [("id-1".to_owned(), "f(:r)".to_owned())];
        assert_eq!(filled(&statement, &fresh), "SELECT f(:r), U&'it''s 12\\003A30', NULL, f(:r)");
    }
}
