//! A client that was registered by hand, for servers that register none by themselves.

use bridgekeeper_formats::json::{self, Value, quote};
use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

const FLAG: &str = "--static-oauth-client-info";

pub(super) static STATIC_CLIENT_INFO: Fix = Fix {
    id: "static-client-info",
    title: "Use the client that was registered for this server by hand",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(info) = &target.facts.client_info else { return Offer::Nothing };
    let Some(bridge) = target.bridge() else { return Offer::Nothing };
    let parsed = json::parse(info);
    let Some(Value::Object(object)) =
        parsed.root.as_ref().map(|root| &root.value).filter(|_| parsed.is_strict())
    else {
        return Offer::Refused("The client's description is no JSON object.".to_owned());
    };
    let mut variables = Vec::new();
    let mut members = Vec::new();
    for member in &object.members {
        let Some(text) = member.value.as_str() else { continue };
        let name = format!("OAUTH_{}", member.key.to_ascii_uppercase());
        members.push(format!("{}:{}", quote(&member.key), quote(&format!("${{{name}}}"))));
        variables.push((name, text.to_owned()));
    }
    let value = format!("{{{}}}", members.join(","));
    let given = bridge.line.value(FLAG);
    let mut edits = match given.and_then(|given| target.entry.args.get(given.index)) {
        Some(present) if present.value == value => Vec::new(),
        Some(present) => vec![Target::set(present, &value)],
        None => target.insert_flag(&bridge, &[FLAG, &value]),
    };
    edits.extend(target.set_variables(&variables));
    Offer::on_request(edits, "The client's redirect address must name the callback port that the entry uses.")
}
