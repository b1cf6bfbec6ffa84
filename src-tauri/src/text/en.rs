//! English.

use super::Words;

pub(super) const WORDS: Words = Words {
    open_window: "Open Bridgekeeper",
    open_config: "Open config",
    open_logs: "Open logs",
    reset_sign_ins: "Reset auth state…",
    restart_claude: "Restart Claude",
    start_claude: "Start Claude",
    start_at_login: "Start at login",
    install_update: |version| format!("Install Bridgekeeper {version}…"),
    quit: "Quit Bridgekeeper",
    reading: "Reading…",
    no_servers: "No servers yet",
    more: |number| format!("{number} more"),
    fix: |server| format!("Fix {server}…"),
    fix_setup: "Fix this…",
    sign_in: |server| format!("Sign in to {server}…"),

    starting: "starting",
    connected: "connected",
    stopped: "stopped",
    never_seen: "not started yet",
    off: "switched off",

    claude_not_found: "Claude was not found",
    setup_has_a_problem: "The set-up has a problem",
    nothing_in_use: "No server is in use",
    count_failing: |number| format!("{number} failing"),
    count_needs_sign_in: |number| {
        if number == 1 { "1 needs sign-in".to_owned() } else { format!("{number} need sign-in") }
    },
    count_starting: |number| format!("{number} starting"),
    count_connected: |number| format!("{number} connected"),

    entries_lost: "Servers are gone from Claude's config",
    sign_in_needed: |server| format!("{server} needs you to sign in"),
    sign_ins_needed: |number| format!("{number} servers need you to sign in"),
    sign_in_hint: "Until then Claude cannot use it.",
    stopped_working: |server| format!("{server} stopped working"),
    several_stopped_working: |number| format!("{number} servers stopped working"),
    claude_needs_a_restart: "Claude needs a restart",
    restart_why: "Its config was changed while it runs. Claude reads the config when it starts.",
    show: "Show",

    still_in_the_tray: "Bridgekeeper keeps watching",
    still_in_the_tray_how: "Its icon is in the tray. To end it, choose Quit Bridgekeeper there.",
    ends_with_its_window: "Bridgekeeper ends with its window",
    ends_with_its_window_why: "This desktop shows no tray icons, so nothing is watched while the window is closed.",
    could_not_do: "That did not work",
};
