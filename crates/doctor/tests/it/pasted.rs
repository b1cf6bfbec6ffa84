//! Failures as people paste them: one line or a whole log, in many languages, of many programs. Written for this test,
//! in the formats of the programs; `pasted.txt` has the right cause and a name at the head of each.

use bridgekeeper_doctor::log_scan::LogScan;
use bridgekeeper_model::{Severity, Verdict};

#[test]
fn every_pasted_failure_is_named() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for item in include_str!("../pasted.txt").split("=== ").skip(1) {
        let (head, text) = item.split_once('\n').unwrap();
        let (cause, _) = head.split_once(' ').unwrap();
        let mut scan = LogScan::new();
        scan.read("-", text.as_bytes()).unwrap();
        let diagnosis = scan.diagnosis();
        let ids: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.id.as_str()).collect();
        let calm = diagnosis.findings.iter().all(|finding| finding.severity == Severity::Info);
        let right = match cause {
            "ok" | "client-shutdown" => calm && diagnosis.verdict == Verdict::Ok,
            "ambiguous" => calm && diagnosis.verdict == Verdict::Inconclusive,
            cause => ids.first() == Some(&cause),
        };
        count += 1;
        if !right {
            wrong.push(format!("{head}: {:?} {ids:?}", diagnosis.verdict));
        }
    }
    assert!(count > 140, "{count}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
