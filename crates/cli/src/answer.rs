use bridgekeeper_model::SCHEMA;
use serde::Serialize;

/// What a call answers, in both forms, and its exit status.
#[derive(Debug)]
pub(crate) struct Answer {
    /// One object with `"schema"`.
    pub(crate) json: String,
    /// The same for people.
    pub(crate) text: String,
    /// 0 or 1; 2 is for failures.
    pub(crate) status: u8,
    /// Whether both forms are still to be printed: a call that runs on prints as it goes.
    pub(crate) printed: Printed,
}

/// Whether an answer was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printed {
    No,
    AsItCame,
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    schema: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// Whether the exit status says that something is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Clean, or done.
    Nothing,
    /// A warning or an error is left, or it could not be decided.
    Something,
}

impl Left {
    pub(crate) fn when(something: bool) -> Self {
        if something { Self::Something } else { Self::Nothing }
    }
}

impl Answer {
    pub(crate) fn new(content: &impl Serialize, text: String, left: Left) -> Result<Self, serde_json::Error> {
        let (json, status) = (versioned(content)?, u8::from(left == Left::Something));
        Ok(Self { json, text, status, printed: Printed::No })
    }

    /// The end of a call that printed as it went.
    pub(crate) const fn ended() -> Self {
        Self { json: String::new(), text: String::new(), status: 0, printed: Printed::AsItCame }
    }
}

/// The object with its schema's number first.
pub(crate) fn versioned(content: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Versioned { schema: SCHEMA, content })
}
