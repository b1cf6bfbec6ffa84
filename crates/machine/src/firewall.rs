//! The Windows firewall's inbound rules for Node, and the seed's rule added or taken away.
//!
//! A connection from this computer to itself never meets the firewall, so no bridge needs a rule for its callback.
//! Some organisations add one all the same, and people were told to.

use bridgekeeper_model::machine::FirewallRule;

use crate::command::Command;
use crate::error::MachineError;
use crate::machine::Machine;

/// The name of the rule that Bridgekeeper adds.
pub const RULE_NAME: &str = "Node.js for mcp-remote";

/// Where Windows keeps the rules, in no language.
const KEY: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules";

/// Asks Windows for its active inbound rules about Node.
pub fn node_rules(machine: &dyn Machine) -> Result<Vec<FirewallRule>, MachineError> {
    let output =
        machine.run(&Command::new("reg", ["query", KEY]))?.of_success(&format!("`reg query {KEY}`"))?;
    Ok(read_rules(&output.text()))
}

/// Reads the rules as the registry holds them:
/// `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|App=C:\Program Files\nodejs\node.exe|Name=Node.js|`.
pub fn read_rules(text: &str) -> Vec<FirewallRule> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<(&str, &str)> =
                line.split('|').filter_map(|field| field.split_once('=')).collect();
            let field = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let program = field("App")?;
            let is_node =
                program.rsplit('\\').next().is_some_and(|file| file.eq_ignore_ascii_case("node.exe"));
            let is_active = field("Dir") == Some("In") && field("Active") == Some("TRUE");
            (is_node && is_active).then(|| FirewallRule {
                name: field("Name").unwrap_or("without a name").to_owned(),
                program: program.to_owned(),
                allows: field("Action") == Some("Allow"),
            })
        })
        .collect()
}

/// Adds the rule: inbound, allowed, for that Node. Windows asks for an administrator's consent.
pub fn add_rule(node: &str) -> Command {
    let rule = format!(
        "name=\"{RULE_NAME}\" dir=in action=allow program=\"{node}\" enable=yes profile=private,domain"
    );
    elevated(&format!("advfirewall firewall add rule {rule}"))
}

/// Takes that rule away again, and no other.
pub fn remove_rule() -> Command {
    elevated(&format!("advfirewall firewall delete rule name=\"{RULE_NAME}\" dir=in"))
}

/// `netsh` with an administrator's rights. The prompt waits for the person, so there is much time; the exit status
/// is netsh's, and 5 where consent was refused.
fn elevated(arguments: &str) -> Command {
    // In PowerShell's single quotes only the quote itself means something
    let quoted = arguments.replace('\'', "''");
    let script = format!(
        "try {{ $p = Start-Process -FilePath netsh -ArgumentList '{quoted}' -Verb RunAs -WindowStyle Hidden -Wait -PassThru; exit $p.ExitCode }} catch {{ exit 5 }}"
    );
    let options = ["-NoProfile", "-NonInteractive", "-Command", script.as_str()];
    Command::new("powershell.exe", options).within(std::time::Duration::from_mins(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\FirewallRules\r\n    {1}    REG_SZ    v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|App=C:\\Program Files\\nodejs\\node.exe|Name=Node.js: JavaScript|\r\n    {2}    REG_SZ    v2.31|Action=Block|Active=TRUE|Dir=In|App=D:\\nvm\\v20\\Node.EXE|Name=node|\r\n    {3}    REG_SZ    v2.31|Action=Allow|Active=FALSE|Dir=In|App=C:\\node.exe|Name=off|\r\n    {4}    REG_SZ    v2.31|Action=Allow|Active=TRUE|Dir=Out|App=C:\\node.exe|Name=out|\r\n    {5}    REG_SZ    v2.31|Action=Allow|Active=TRUE|Dir=In|App=C:\\tools\\nodepad.exe|Name=other|\r\n";

    #[test]
    fn active_inbound_rules_for_node_are_read() {
        let rules = read_rules(RULES);
        let told: Vec<(&str, bool)> = rules.iter().map(|rule| (rule.name.as_str(), rule.allows)).collect();
        assert_eq!(told, [("Node.js: JavaScript", true), ("node", false)]);
        assert_eq!(rules[1].program, r"D:\nvm\v20\Node.EXE");
    }

    #[test]
    fn the_rule_is_for_one_program_and_asks_for_consent() {
        let added = add_rule(r"C:\Users\O'Hara\node.exe");
        let script = added.args.last().unwrap();
        assert_eq!(
            script,
            "try { $p = Start-Process -FilePath netsh -ArgumentList 'advfirewall firewall add rule name=\"Node.js for mcp-remote\" dir=in action=allow program=\"C:\\Users\\O''Hara\\node.exe\" enable=yes profile=private,domain' -Verb RunAs -WindowStyle Hidden -Wait -PassThru; exit $p.ExitCode } catch { exit 5 }"
        );
        assert!(
            remove_rule()
                .args
                .last()
                .unwrap()
                .contains("delete rule name=\"Node.js for mcp-remote\" dir=in'")
        );
    }
}
