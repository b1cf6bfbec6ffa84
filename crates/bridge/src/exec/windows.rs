//! The program as a child that ends with this one and whose exit status becomes its own.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What Windows starts where a name has no extension, if nobody says otherwise.
const EXTENSIONS: &str = ".COM;.EXE;.BAT;.CMD";

/// Runs the program to its end.
#[cfg(windows)]
pub(super) fn run(program: &OsStr, set_up: impl FnOnce(&mut std::process::Command)) -> std::io::Result<i32> {
    let program =
        find(program, |name| std::env::var_os(name), Path::is_file).ok_or(std::io::ErrorKind::NotFound)?;
    let mut command = std::process::Command::new(program);
    set_up(&mut command);
    // Ctrl-C reaches every process of the console: what it means is the program's to say.
    let _ = ctrlc::set_handler(|| {});
    // Whoever ends this process ends the program with it. Its children are in the job, too.
    let job = job();
    let status = command.spawn()?.wait()?;
    // The job goes with this process; what the program left running on purpose is ended as well.
    std::mem::forget(job);
    Ok(status.code().unwrap_or(1))
}

/// A job with this process in it that ends everybody in it when its last handle is closed. Without one, as in a
/// sandbox that allows none, the program outlives a killed bridge.
#[cfg(windows)]
fn job() -> Option<win32job::Job> {
    let mut limits = win32job::ExtendedLimitInfo::new();
    limits.limit_kill_on_job_close();
    let job = win32job::Job::create_with_limit_info(&limits).ok()?;
    job.assign_current_process().ok()?;
    Some(job)
}

/// Finds a program as `cmd.exe` does: with the extensions of `PATHEXT`, in the folders of `PATH` where no folder is
/// named. So `npx` is found, which is a batch file.
pub(super) fn find(
    program: &OsStr,
    variable: impl Fn(&str) -> Option<OsString>,
    is_file: impl Fn(&Path) -> bool,
) -> Option<PathBuf> {
    let extensions = variable("PATHEXT").and_then(|list| list.into_string().ok());
    let extensions = extensions.filter(|list| !list.is_empty()).unwrap_or_else(|| EXTENSIONS.to_owned());
    let with_extensions = |path: PathBuf| {
        let has_one = path.extension().is_some_and(|own| {
            extensions
                .split(';')
                .any(|known| known.trim_start_matches('.').eq_ignore_ascii_case(&own.to_string_lossy()))
        });
        let mut candidates = if has_one { vec![path.clone()] } else { vec![] };
        candidates.extend(extensions.split(';').filter(|extension| !extension.is_empty()).map(|extension| {
            let mut name = path.clone().into_os_string();
            name.push(extension.to_ascii_lowercase());
            PathBuf::from(name)
        }));
        candidates.into_iter().find(|path| is_file(path))
    };
    let names_a_folder = program.to_string_lossy().contains(['/', '\\', ':']);
    if names_a_folder {
        return with_extensions(PathBuf::from(program));
    }
    let path = variable("PATH")?;
    std::env::split_paths(&path)
        .filter(|folder| !folder.as_os_str().is_empty())
        .find_map(|folder| with_extensions(folder.join(program)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_file_is_found_by_its_bare_name() {
        let separator = if cfg!(windows) { ";" } else { ":" };
        let path = ["/empty", "/node"].join(separator);
        let variable = |name: &str| match name {
            "PATH" => Some(OsString::from(&path)),
            "PATHEXT" => Some(OsString::from(".EXE;.CMD")),
            _ => None,
        };
        let there = |path: &Path| {
            let path = path.to_string_lossy().replace('\\', "/");
            path == "/node/npx.cmd" || path == "/node/npx" || path == "/node/a.b.exe"
        };
        let found = |program: &str| {
            find(OsStr::new(program), variable, there).map(|path| path.to_string_lossy().replace('\\', "/"))
        };
        // Beside it stands a script for other shells, which Windows cannot start.
        assert_eq!(found("npx").as_deref(), Some("/node/npx.cmd"));
        assert_eq!(found("npx.cmd").as_deref(), Some("/node/npx.cmd"));
        assert_eq!(found("/node/npx").as_deref(), Some("/node/npx.cmd"));
        assert_eq!(found("a.b").as_deref(), Some("/node/a.b.exe"));
        assert_eq!(found("uvx"), None);
    }
}
