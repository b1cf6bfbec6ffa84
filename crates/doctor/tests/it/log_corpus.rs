//! Real failures that people pasted, read where they lie beside the workspace. Nothing of them is kept here.

use std::collections::BTreeMap;
use std::path::Path;

use bridgekeeper_doctor::log_scan::{Diagnosis, LogScan};
use bridgekeeper_model::{Severity, Verdict};

struct Item {
    id: String,
    text: String,
    cause: String,
    needs_context: bool,
}

#[expect(clippy::print_stdout, reason = "says that it was skipped")]
fn items() -> Option<Vec<Item>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/logs.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no corpus beside the workspace");
        return None;
    };
    let string = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap().to_owned();
    Some(
        text.lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|value| Item {
                id: string(&value, "id"),
                text: string(&value, "text"),
                cause: string(&value, "cause"),
                needs_context: value["needs_context"].as_bool().unwrap(),
            })
            .collect(),
    )
}

fn diagnose(bytes: &[u8]) -> Diagnosis {
    let mut scan = LogScan::new();
    scan.read("-", bytes).unwrap();
    scan.diagnosis()
}

/// Causes that are no failure, or cannot be decided.
const CALM: &[&str] = &["ok", "ambiguous", "client-shutdown"];

#[test]
fn causes_are_named() {
    let Some(items) = items() else { return };
    let (mut total, mut first, mut third) = (0_u32, 0_u32, 0_u32);
    let mut per_class: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut missed = Vec::new();
    for item in &items {
        let diagnosis = diagnose(item.text.as_bytes());
        let ids: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.id.as_str()).collect();
        let loud = diagnosis.findings.iter().any(|finding| finding.severity < Severity::Info);
        if CALM.contains(&item.cause.as_str()) && !item.needs_context {
            assert!(!loud, "{} ({}) raised {ids:?}", item.id, item.cause);
            let verdict = if item.cause == "ambiguous" { Verdict::Inconclusive } else { Verdict::Ok };
            let right = u32::from(diagnosis.verdict == verdict);
            let class = per_class.entry(&item.cause).or_default();
            (class.0, class.1) = (class.0 + right, class.1 + 1);
            (total, first, third) = (total + 1, first + 1, third + 1);
            if right == 0 {
                missed.push(format!("{} {}: verdict {:?} {ids:?}", item.id, item.cause, diagnosis.verdict));
            }
            continue;
        }
        if item.needs_context {
            continue;
        }
        total += 1;
        let right = u32::from(ids.first() == Some(&item.cause.as_str()));
        first += right;
        third += u32::from(ids.iter().take(3).any(|id| *id == item.cause));
        let class = per_class.entry(&item.cause).or_default();
        (class.0, class.1) = (class.0 + right, class.1 + 1);
        if right == 0 {
            missed.push(format!("{} {}: {ids:?}", item.id, item.cause));
        }
    }
    for (class, (right, all)) in &per_class {
        println!("{right:3}/{all:<3} {class}");
    }
    println!("missed:\n  {}", missed.join("\n  "));
    let share = |part: u32| f64::from(part) * 100.0 / f64::from(total);
    println!(
        "first {first}/{total} = {:.1} %, among three {third}/{total} = {:.1} %",
        share(first),
        share(third)
    );
    assert!(share(first) >= 92.0, "right cause first in {:.1} %", share(first));
    assert!(share(third) >= 97.0, "right cause among three in {:.1} %", share(third));
}

/// Whether every prefix and every byte is tried; a sample otherwise.
fn long() -> bool {
    std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_some()
}

#[test]
fn no_prefix_crashes_a_rule() {
    let Some(items) = items() else { return };
    for item in &items {
        let bytes = item.text.as_bytes();
        let step = if long() { 1 } else { (bytes.len() / 12).max(1) };
        for end in (0..=bytes.len()).step_by(step) {
            let diagnosis = diagnose(&bytes[..end]);
            assert!(diagnosis.crashed.is_empty(), "{} up to {end}: {:?}", item.id, diagnosis.crashed);
        }
    }
}

#[test]
fn no_corrupted_byte_crashes_a_rule() {
    let Some(items) = items() else { return };
    for (number, item) in items.iter().enumerate() {
        let mut bytes = item.text.clone().into_bytes();
        let step = if long() { 1 } else { (bytes.len() / 12).max(1) };
        for at in (number % step..bytes.len()).step_by(step) {
            let before = bytes[at];
            for wrong in [0x00, 0x0A, 0x22, 0x5B, 0x7B, 0x80, 0xFF, before ^ 0x20, before.wrapping_add(1)] {
                bytes[at] = wrong;
                let diagnosis = diagnose(&bytes);
                assert!(
                    diagnosis.crashed.is_empty(),
                    "{} byte {at} = {wrong:#x}: {:?}",
                    item.id,
                    diagnosis.crashed
                );
            }
            bytes[at] = before;
        }
    }
}
