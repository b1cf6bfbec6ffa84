//! Where in the window something is, in the UI's own addresses (`ui/src/state/route.svelte.ts`).

/// A place in the window.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    /// Wherever the window was last, else its first place.
    Window,
    /// What was found when the app first ran.
    Welcome,
    /// All servers.
    Servers,
    /// A server's page.
    Server(String),
    /// A fix of a server, shown before it is made.
    Fix { server: String, fix: String },
    /// What concerns the set-up as a whole.
    Setup,
    /// A fix of the set-up.
    SetupFix(String),
    /// Where signing in to a server begins at once, and is followed.
    SignIn(String),
    /// What a reset of everything kept for signing in would remove.
    Reset,
    /// How it stands with newer releases of this program.
    Updates,
}

impl Address {
    /// The part behind `#`; `None` for the window itself.
    pub(crate) fn fragment(&self) -> Option<String> {
        let parts: &[&str] = match self {
            Self::Window => return None,
            Self::Server(server) => &["servers", server],
            Self::Fix { server, fix } => &["servers", server, "fix", fix],
            Self::Welcome => &["welcome"],
            Self::Servers => &["servers"],
            Self::Setup => &["setup"],
            Self::SetupFix(fix) => &["setup", "fix", fix],
            Self::SignIn(server) => &["sign-ins", "begin", server],
            Self::Reset => &["reset"],
            Self::Updates => &["settings", "updates"],
        };
        let parts: Vec<String> = parts.iter().map(|part| encoded(part)).collect();
        Some(format!("/{}", parts.join("/")))
    }
}

/// Text as one part of an address.
fn encoded(part: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(part.as_bytes()).collect();
    encoded.replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_name_stays_one_part_of_the_address() {
        let page = Address::Server("a b/c#d".to_owned());
        assert_eq!(page.fragment().as_deref(), Some("/servers/a%20b%2Fc%23d"));
        let fix = Address::Fix { server: "ä".to_owned(), fix: "spaces-to-env".to_owned() };
        assert_eq!(fix.fragment().as_deref(), Some("/servers/%C3%A4/fix/spaces-to-env"));
        let sign_in = Address::SignIn("a/b".to_owned());
        assert_eq!(sign_in.fragment().as_deref(), Some("/sign-ins/begin/a%2Fb"));
        assert_eq!(Address::Window.fragment(), None);
    }
}
