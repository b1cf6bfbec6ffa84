//! `mcp-bridge`, the program: hands the process's arguments, environment and pipes to the library.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use bridgekeeper_bridge::{
    Call, EXEC_HELP, Exec, ExecCall, HELP, Log, LogFile, Options, Streams, Verbosity, run,
};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some((first, rest)) = args.split_first()
        && first == "exec"
    {
        return exec(rest);
    }
    let args: Vec<String> = args.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    match Options::parse(&args, |name| std::env::var(name).ok()) {
        Ok(Call::Help) => print(HELP),
        Ok(Call::Version) => print(concat!("mcp-bridge ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Call::Run(options, warnings)) => {
            let log = match log(&options) {
                Ok(log) => log,
                Err(error) => return fail(&error),
            };
            widen_output();
            allow_connections();
            match run(&options, &warnings, Streams { input: io::stdin(), output: io::stdout() }, log) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&error),
            }
        }
        Err(error) => fail(&error),
    }
}

/// Starts a local server with secrets in its environment.
fn exec(args: &[OsString]) -> ExitCode {
    let home_variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let home = std::env::var_os(home_variable).map(PathBuf::from).filter(|home| home.is_absolute());
    let started = match Exec::parse(args, home, |name| std::env::var(name).ok()) {
        Ok(ExecCall::Help) => return print(EXEC_HELP),
        Ok(ExecCall::Start(exec)) => exec.start(),
        Err(error) => Err(error),
    };
    match started {
        // Windows' own statuses have more than eight bits.
        Ok(status) => std::process::exit(status),
        Err(error) => {
            let _ = writeln!(io::stderr(), "mcp-bridge exec: {error}");
            ExitCode::from(error.status())
        }
    }
}

/// A host reads many megabytes with a quarter of the turns if the pipe to it holds 256 KiB. In one that holds a MiB the
/// bytes would have left the processor's cache by the time they are read. Elsewhere the host that makes the pipe decides.
#[cfg(target_os = "linux")]
fn widen_output() {
    // Not a pipe, or the user has too many wide ones: then it stays as it is.
    let _ = rustix::pipe::fcntl_setpipe_size(io::stdout(), 1 << 18);
}

#[cfg(not(target_os = "linux"))]
const fn widen_output() {}

/// A program that macOS starts from its desktop may hold 256 files open, and each call over HTTP/1.1 has a connection.
#[cfg(unix)]
fn allow_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // More than the bridge uses, and no more than every system takes.
    let wanted = maximum.map_or(1024, |maximum| maximum.min(1024));
    if current.is_some_and(|current| current < wanted) {
        // Where it may not, many calls at once are told that there are too many.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
}

#[cfg(not(unix))]
const fn allow_connections() {}

/// On standard error unless `--silent`, and in the file of `--log-file`.
fn log(options: &Options) -> io::Result<Log> {
    let mut targets: Vec<Box<dyn io::Write + Send>> = Vec::new();
    if options.verbosity > Verbosity::Silent {
        targets.push(Box::new(io::stderr()));
    }
    let mut verbosity = options.verbosity;
    if let Some(path) = &options.log_file {
        let file = LogFile::open(path).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("the log file {} cannot be written: {error}", path.display()),
            )
        })?;
        targets.push(Box::new(file));
        verbosity = verbosity.max(Verbosity::Normal);
    }
    Ok(Log::new(verbosity, targets))
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let _ = writeln!(io::stderr(), "mcp-bridge: {error}{cause}");
    ExitCode::from(2)
}
