use std::path::{Path, PathBuf};

/// Which processes belong to a home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Territory {
    /// The user's own home: every process of this user.
    User,
    /// A folder that stands in for a home: only processes whose program, arguments, working folder or home lie in
    /// it.
    Folder(PathBuf),
}

/// What tells where a process belongs, beside its program and arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traces<'a> {
    pub(crate) exe: Option<&'a Path>,
    pub(crate) args: &'a [String],
    pub(crate) folder: Option<&'a Path>,
    /// `HOME` or `USERPROFILE` of its environment.
    pub(crate) home: Option<&'a Path>,
    /// Whether it is this user's; `None` where the system does not say.
    pub(crate) is_own: Option<bool>,
}

impl Territory {
    /// Whether a process with these traces belongs here.
    pub(crate) fn holds(&self, traces: &Traces<'_>) -> bool {
        match self {
            Self::User => traces.is_own == Some(true),
            Self::Folder(folder) => {
                let real = folder.canonicalize().ok();
                let inside = |path: &Path| {
                    lies_in(path, folder) || real.as_deref().is_some_and(|real| lies_in(path, real))
                };
                [traces.exe, traces.folder, traces.home].into_iter().flatten().any(inside)
                    || traces.args.iter().any(|arg| inside(Path::new(arg.as_str())))
            }
        }
    }
}

/// By the names of the folders: `/home/ada2` does not lie in `/home/ada`.
fn lies_in(path: &Path, folder: &Path) -> bool {
    path.is_absolute() && path.starts_with(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_home_holds_that_users_processes_alone() {
        let own = |is_own| Territory::User.holds(&Traces { is_own, ..Traces::default() });
        assert!(own(Some(true)));
        assert!(!own(Some(false)));
        assert!(!own(None), "a process that nothing is known of is not ours");
    }

    #[test]
    fn a_stand_in_holds_what_lies_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let territory = Territory::Folder(folder.path().to_owned());
        let inside = folder.path().join("a");
        let beside = PathBuf::from(format!("{}2", folder.path().display()));
        let arg = [inside.to_string_lossy().into_owned()];
        let traces = Traces { is_own: Some(true), ..Traces::default() };
        assert!(territory.holds(&Traces { exe: Some(&inside), ..traces.clone() }));
        assert!(territory.holds(&Traces { folder: Some(&inside), ..traces.clone() }));
        assert!(territory.holds(&Traces { home: Some(folder.path()), ..traces.clone() }));
        assert!(territory.holds(&Traces { args: &arg, ..traces.clone() }));
        assert!(!territory.holds(&Traces { exe: Some(&beside), home: Some(&beside), ..traces.clone() }));
        assert!(!territory.holds(&traces));
    }

    #[cfg(unix)]
    #[test]
    fn a_stand_in_is_known_by_its_real_path_too() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        let real = folder.path().canonicalize().unwrap().join("real");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let exe = real.join("node");
        assert!(Territory::Folder(link).holds(&Traces { exe: Some(&exe), ..Traces::default() }));
    }
}
