use std::fmt;

use zeroize::Zeroizing;

/// What stands in the place of a secret wherever one would be shown.
pub const MASK: &str = "••••";

/// Text that must not be shown: a token, a password, a key.
///
/// There is no `Display`, no `Serialize`, and `Debug` prints the mask. Reading it is an explicit act, and its
/// memory is cleared when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one place that sends or stores it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_mask_and_nothing_else() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), MASK);
    }
}
