//! The same statements by pgbench: what the database itself can do, without a service.

use std::fs;
use std::path::Path;
use std::process::Command;

use persistence::Location;
use serde_json::Value;

use crate::options::Options;
use crate::population::{ORDER_ID_SQL, Population, order_id};
use crate::statements::{self, Statement};
use support::Outcome;
use support::http::{self, Connection};
use support::postgres::{Postgres, require};

/// A new id from pgbench's variable `r`: ordered by time like those of the service, and the same throughout a transaction.
const NEW_ID_SQL: &str = "(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || substr(md5(:r::text), 13))::uuid";

/// A new number of an order.
const NEW_NUMBER_SQL: &str = "('230822-' || upper(substr(md5(:r::text), 1, 12)))";

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
    let keep = |name: &str, script: &str| -> Outcome<std::path::PathBuf> {
        let path = folder.path().join(name);
        fs::write(&path, script)?;
        Ok(path)
    };
    let (one_file, place_file) = (keep("one.sql", &one.1)?, keep("place.sql", &place.1)?);
    Ok(Figures {
        one: (one.0, run(postgres, location, &one_file, options)?),
        place: (place.0, run(postgres, location, &place_file, options)?),
    })
}

type Script = (usize, String);

/// The scripts of both requests, with the number of statements in each.
async fn capture(postgres: &Postgres, population: &Population) -> Outcome<(Script, Script)> {
    let server = population.serve(&[("LINLI_POOL", "1")]).await?;
    let mut connection = Connection::open(server.address).await?;
    let owner = population.residents.get(1).ok_or("there are no residents")?;
    let read = http::get(&format!("/v1/orders/{}", order_id(1)), Some(&owner.token));
    let placing = http::post("/v1/orders", &owner.token, &population.wish());
    let mut ask = async |request: &[u8], due: u16| -> Outcome<Value> {
        let reply = connection.send(request).await?;
        if reply.status == due { Ok(serde_json::from_slice(reply.body)?) } else { Err(format!("{} instead of {due}", reply.status).into()) }
    };
    let (sent, _) = statements::of_request(postgres, async || ask(&read, 200).await).await?;
    let one = (sent.len(), script(population.orders, &sent, &[(order_id(1).to_string(), ORDER_ID_SQL)])?);
    let (sent, order) = statements::of_request(postgres, async || ask(&placing, 201).await).await?;
    let text = |name: &str| order.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let place = script(population.orders, &sent, &[(text("id"), NEW_ID_SQL), (text("number"), NEW_NUMBER_SQL)])?;
    Ok((one, (sent.len(), place)))
}

/// A script of pgbench: the statements with their parameters, some of which differ each time.
fn script(orders: u64, statements: &[Statement], fresh: &[(String, &str)]) -> Outcome<String> {
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
fn filled(statement: &Statement, fresh: &[(String, &str)]) -> String {
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

/// Runs a script; how often in a second it was done.
fn run(postgres: &Postgres, location: &Location, script: &Path, options: &Options) -> Outcome<f64> {
    let Location::Postgres(url) = location else { return Err("pgbench is for PostgreSQL".into()) };
    let seconds = options.time().as_secs().max(1).to_string();
    let mut command = Command::new(postgres.program("pgbench"));
    command.args(["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", &seconds, "-f"]).arg(script).arg(url);
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
        let fresh = [("id-1".to_owned(), "f(:r)")];
        assert_eq!(filled(&statement, &fresh), "SELECT f(:r), U&'it''s 12\\003A30', NULL, f(:r)");
    }
}
