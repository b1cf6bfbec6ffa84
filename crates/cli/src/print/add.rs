use std::fmt::Write as _;

use bridgekeeper_engine::add::{Extension, Offered, Risk};

use super::style::{DIM, TITLE, WARNING, painted};

/// All of a server that is offered, and what to look at before it is added.
pub(crate) fn offered(name: &str, payload: &str, risks: &[Risk], offered: &Offered) -> String {
    let mut text = format!("{}\n{payload}\n", painted(TITLE, name));
    text += &looked_at(risks, &offered.notes);
    text.push('\n');
    text
}

/// What an extension brings and asks for, and what becomes of it.
pub(crate) fn extension(extension: &Extension, next: &str) -> String {
    let version = extension.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let author = extension.author.as_deref().map(|author| format!(" by {author}")).unwrap_or_default();
    let mut text = format!("{}{version}{author}\n", painted(TITLE, &extension.name));
    if let Some(description) = &extension.description {
        let _ = writeln!(text, "{description}");
    }
    let _ = writeln!(text, "{}", extension.payload);
    text += &looked_at(&extension.risks, &extension.notes);
    if !extension.settings.is_empty() {
        let _ = writeln!(text, "\n{}", painted(TITLE, "It will ask for"));
    }
    for setting in &extension.settings {
        let marks = [(setting.required, "required"), (setting.secret, "secret")];
        let marks: Vec<&str> = marks.into_iter().filter_map(|(is, mark)| is.then_some(mark)).collect();
        let _ = writeln!(text, "  {} {}", setting.title, painted(DIM, &marks.join(", ")));
    }
    let _ = writeln!(text, "\nAn extension of {} files. {next}", extension.files);
    text
}

fn looked_at(risks: &[Risk], notes: &[String]) -> String {
    let mut text = String::new();
    if !risks.is_empty() {
        let _ = writeln!(text, "\n{}", painted(TITLE, "Look at this before you add it"));
    }
    // Writing to a String cannot fail, here and below.
    for risk in risks {
        let _ = writeln!(text, "  {} {}", painted(WARNING, &risk.part), painted(DIM, risk.kind.title()));
    }
    for note in notes {
        let _ = writeln!(text, "  {}", painted(WARNING, note));
    }
    text
}
