//! The statements that the service sends for one request, as PostgreSQL logs them.

use std::time::Duration;

use persistence::Location;
use tokio::time::sleep;

use support::Outcome;
use support::Postgres;

/// How often a request is tried until its statements stand alone in the log.
const TRIES: usize = 10;

/// A statement with its parameters as text; `None` for NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The text, with `$1`, `$2` …
    pub(crate) sql: String,
    /// The parameters.
    pub(crate) parameters: Vec<Option<String>>,
}

/// Logs every statement of new connections to a database, or none.
pub(crate) fn log_all(location: &Location, on: bool) -> Outcome<()> {
    let Location::Postgres(url) = location else { return Ok(()) };
    let name = url.rsplit_once('/').map(|(_, name)| name).ok_or("a database has a name")?;
    let change = if on { "SET log_statement = 'all'" } else { "RESET log_statement" };
    Ok(persistence::tools::execute(location, &format!("ALTER DATABASE {name} {change}"))?)
}

/// What the service sends for a request, caught twice: what differs between the two is new each time.
pub(crate) struct Caught {
    /// For the request before.
    pub(crate) before: Vec<Statement>,
    /// For the last request.
    pub(crate) last: Vec<Statement>,
}

/// The statements of a request on a program that has one connection, as `own` finds them among those of its workers, which may
/// fall between: what is sent must be the same twice in a row.
pub(crate) async fn of_request<T>(
    server: &Postgres,
    own: fn(Vec<Statement>) -> Vec<Statement>,
    mut request: impl AsyncFnMut() -> Outcome<T>,
) -> Outcome<(Caught, T)> {
    let mut before: Vec<Statement> = Vec::new();
    for _ in 0..TRIES {
        let from = server.log()?.len();
        let answer = request().await?;
        // The log is written by another process.
        sleep(Duration::from_millis(200)).await;
        let last = own(read(server.log()?.get(from..).unwrap_or_default()));
        if !last.is_empty() && last.iter().map(|statement| &statement.sql).eq(before.iter().map(|statement| &statement.sql)) {
            return Ok((Caught { before, last }, answer));
        }
        before = last;
        sleep(Duration::from_millis(170)).await;
    }
    Err("the statements of a request are never the same twice".into())
}

/// Those outside of any transaction: workers write in transactions of their own.
pub(crate) fn outside_transactions(statements: Vec<Statement>) -> Vec<Statement> {
    let mut inside = false;
    let outside = statements.into_iter().filter(|statement| {
        let within = inside || statement.sql == "BEGIN";
        inside = within && statement.sql != "COMMIT";
        !within
    });
    outside.collect()
}

/// The transaction that keeps an order, from its BEGIN to its COMMIT.
pub(crate) fn that_places(statements: Vec<Statement>) -> Vec<Statement> {
    let mut found = Vec::new();
    for transaction in statements.split_inclusive(|statement| statement.sql == "COMMIT") {
        let begun = transaction.iter().position(|statement| statement.sql == "BEGIN").unwrap_or(0);
        if transaction.iter().any(|statement| statement.sql.starts_with("INSERT INTO \"orders\"")) {
            found = transaction.get(begun..).unwrap_or_default().to_vec();
        }
    }
    found
}

/// Reads the log: lines such as `17 LOG:  execute s1: SELECT …` and `17 DETAIL:  parameters: $1 = '…'`.
fn read(log: &str) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    for line in log.lines() {
        if let Some((_, rest)) = line.split_once(" LOG:  ") {
            let execute = rest.strip_prefix("execute ").and_then(|rest| rest.split_once(": ")).map(|(_, sql)| sql);
            if let Some(sql) = execute.or_else(|| rest.strip_prefix("statement: ")) {
                statements.push(Statement { sql: sql.to_owned(), parameters: Vec::new() });
            }
        } else if let Some((_, list)) = line.split_once(" DETAIL:  ") {
            let list = list.split_once(": ").map(|(_, list)| list).unwrap_or_default();
            if let Some(last) = statements.last_mut() {
                last.parameters = parameters(list);
            }
        } else if let (Some(more), Some(last)) = (line.strip_prefix('\t'), statements.last_mut()) {
            last.sql.push('\n');
            last.sql.push_str(more);
        }
    }
    statements
}

/// Reads `$1 = 'a''b', $2 = NULL`.
fn parameters(list: &str) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let mut rest = list;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            found.push(None);
            rest = value;
            continue;
        };
        let (mut text, mut end) = (String::new(), quoted.len());
        let mut characters = quoted.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if character != '\'' {
                text.push(character);
            } else if characters.next_if(|(_, next)| *next == '\'').is_some() {
                text.push('\'');
            } else {
                end = at + 1;
                break;
            }
        }
        found.push(Some(text));
        rest = quoted.get(end..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Statement, outside_transactions, parameters, read, that_places};

    #[test]
    fn a_request_is_found_among_the_work_of_workers() {
        let said =
            ["SELECT 1", "BEGIN", "UPDATE x", "COMMIT", "BEGIN", "SELECT 2", "INSERT INTO \"orders\" VALUES ($1)", "COMMIT", "SELECT 3"];
        let statements = |texts: &[&str]| -> Vec<Statement> {
            texts.iter().map(|sql| Statement { sql: (*sql).to_owned(), parameters: Vec::new() }).collect()
        };
        assert_eq!(outside_transactions(statements(&said)), statements(&["SELECT 1", "SELECT 3"]));
        assert_eq!(that_places(statements(&said)), statements(&said[4..8]));
    }

    #[test]
    fn the_log_is_read() {
        let log = "17 LOG:  statement: BEGIN\n17 LOG:  execute s1: SELECT $1,\n\t$2\n17 DETAIL:  parameters: $1 = 'a''b = c', $2 = NULL\n";
        let statements = read(log);
        assert_eq!(statements.len(), 2);
        assert_eq!((statements[0].sql.as_str(), statements[1].sql.as_str()), ("BEGIN", "SELECT $1,\n$2"));
        assert_eq!(statements[1].parameters, [Some("a'b = c".to_owned()), None]);
        assert_eq!(parameters("$1 = NULL, $2 = ''"), [None, Some(String::new())]);
    }
}
