//! German.

use super::Words;

pub(super) const WORDS: Words = Words {
    open_window: "Bridgekeeper öffnen",
    open_config: "Konfiguration öffnen",
    open_logs: "Protokolle öffnen",
    reset_sign_ins: "Anmeldedaten zurücksetzen…",
    restart_claude: "Claude neu starten",
    start_claude: "Claude starten",
    start_at_login: "Beim Anmelden am Computer starten",
    install_update: |version| format!("Bridgekeeper {version} installieren…"),
    quit: "Bridgekeeper beenden",
    reading: "Wird gelesen…",
    no_servers: "Noch keine Server",
    more: |number| format!("{number} weitere"),
    fix: |server| format!("{server} reparieren…"),
    fix_setup: "Beheben…",
    sign_in: |server| format!("Bei {server} anmelden…"),

    starting: "startet",
    connected: "verbunden",
    stopped: "angehalten",
    never_seen: "noch nicht gestartet",
    off: "ausgeschaltet",

    claude_not_found: "Claude wurde nicht gefunden",
    setup_has_a_problem: "Die Einrichtung hat ein Problem",
    nothing_in_use: "Kein Server ist in Gebrauch",
    count_failing: |number| format!("{number} gestört"),
    count_needs_sign_in: |number| {
        if number == 1 { "1 braucht Anmeldung".to_owned() } else { format!("{number} brauchen Anmeldung") }
    },
    count_starting: |number| if number == 1 { "1 startet".to_owned() } else { format!("{number} starten") },
    count_connected: |number| format!("{number} verbunden"),

    entries_lost: "In Claudes Konfiguration fehlen Server",
    sign_in_needed: |server| format!("{server} braucht Ihre Anmeldung"),
    sign_ins_needed: |number| format!("{number} Server brauchen Ihre Anmeldung"),
    sign_in_hint: "Bis dahin kann Claude den Server nicht nutzen.",
    stopped_working: |server| format!("{server} funktioniert nicht mehr"),
    several_stopped_working: |number| format!("{number} Server funktionieren nicht mehr"),
    claude_needs_a_restart: "Claude muss neu gestartet werden",
    restart_why: "Die Konfiguration wurde geändert, während Claude läuft. Claude liest sie beim Start.",
    show: "Anzeigen",

    still_in_the_tray: "Bridgekeeper läuft weiter",
    still_in_the_tray_how: "Das Symbol steht im Infobereich. Zum Beenden dort „Bridgekeeper beenden“ wählen.",
    ends_with_its_window: "Bridgekeeper endet mit dem Fenster",
    ends_with_its_window_why: "Dieser Desktop zeigt keine Tray-Symbole. Ohne Fenster wird deshalb nichts überwacht.",
    could_not_do: "Das hat nicht geklappt",
};
