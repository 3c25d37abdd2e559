//! Passages of `docs/PROTOCOL.md` that are written by this crate's tests, so that the document cannot say what the code
//! does not do. With `XUNGE_WRITE_DOCS=1` in the environment a test writes its passage instead of comparing it.

/// Compares or writes the passage between `<!-- {name}: generated -->` and the next `<!-- end -->`.
pub(crate) fn hold(name: &str, passage: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/PROTOCOL.md");
    let document = std::fs::read_to_string(path).unwrap();
    let opening = format!("<!-- {name}: generated -->\n");
    let (before, rest) = document
        .split_once(&opening)
        .expect("the passage has a place in the document");
    let (stands, after) = rest.split_once("<!-- end -->").expect("the passage has an end");
    if stands == passage {
        return;
    }
    if std::env::var_os("XUNGE_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{opening}{passage}<!-- end -->{after}")).unwrap();
        return;
    }
    panic!("docs/PROTOCOL.md must say, between the marks of `{name}` (XUNGE_WRITE_DOCS=1 writes it):\n{passage}");
}
