//! What the documentation says is shown by tests that there are.

use std::path::Path;

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pages = std::fs::read_dir(root.join("docs")).unwrap().map(|page| page.unwrap().path());
    let mut named = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for (file, test) in text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(".rs::")) {
            let code = std::fs::read_to_string(root.join(format!("{file}.rs")));
            let code = code.unwrap_or_else(|error| panic!("{} names {file}.rs: {error}", page.display()));
            assert!(code.contains(&format!("fn {test}(")), "{file}.rs has no {test}: {} promises too much", page.display());
            named += 1;
        }
    }
    assert!(named > 80, "only {named} tests are named");
}
