//! Puts the parts together: one engine, one tray, one window that exists only while it is open.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use bridgekeeper_engine::live::Live;
use tauri::{AppHandle, Manager as _, RunEvent, Runtime, WindowEvent};
use tauri_specta::Event as _;
use tracing::{error, info};

use crate::address::Address;
use crate::bindings::{SnapshotChanged, bindings};
use crate::commands::server::GoesOn;
use crate::login::Login;
use crate::notices::tell::{self, News, Notifications};
use crate::options::Options;
use crate::places::Chooser;
use crate::portal::OfDesktop;
use crate::text::Language;
use crate::tray::{self, Tray};
use crate::updates::Updates;
use crate::{appearance, instance, portal, text, window};

/// Runs the app until it is quit.
pub fn run(options: &Options) -> Result<()> {
    let started = Instant::now();
    log_to_stderr();
    needs_a_display()?;
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let login = Login::of_this_program(options, &environment);
    let updates = Updates::of_this_program(&environment);
    let engine = options.engine(&environment)?;
    if let Err(cause) = engine.refresh_bridge() {
        error!(%cause, "the bridge that entries name was not brought up to date");
    }
    let mut context = tauri::generate_context!();
    let plain = context.config().identifier.clone();
    context.config_mut().identifier = instance::identifier(&plain, options.home.as_deref());

    let setup_options = options.clone();
    let single =
        tauri_plugin_single_instance::init(|app, _arguments, _folder| window::open(app, &Address::Window));
    let mut builder = tauri::Builder::default().plugin(single).plugin(tauri_plugin_dialog::init());
    if let Some(source) = updates.source() {
        source.configure(&mut context.config_mut().plugins.0);
        builder = builder.plugin(tauri_plugin_updater::Builder::new().build());
    }
    let app = hosting(builder, Live::start(engine), options.clone(), login, updates)
        .setup(move |app| {
            set_up(app.handle(), &setup_options);
            let version = app.package_info().version.to_string();
            info!(version, milliseconds = started.elapsed().as_millis(), "ready");
            Ok(())
        })
        .build(context);
    #[cfg(target_os = "linux")]
    if app.as_ref().is_err_and(instance::has_just_gone) {
        return Err(instance::start_anew());
    }
    let app = app.context("could not start the window system")?;
    app.run(|app, event| {
        if let RunEvent::WindowEvent { event: WindowEvent::Destroyed, .. } = &event {
            app.state::<GoesOn>().end();
        }
        if let RunEvent::ExitRequested { code: None, api, .. } = event
            && app.state::<Tray<tauri::Wry>>().is_there()
            && app.state::<Live>().settings().settings().close_to_tray
        {
            // The last window was closed; the app goes on in the tray
            api.prevent_exit();
        }
    });
    Ok(())
}

/// Gives any host's builder the state and the commands that answer from it. Tests
/// build it on Tauri's mock runtime.
pub fn host<R: Runtime>(builder: tauri::Builder<R>, live: Live, options: Options) -> tauri::Builder<R> {
    hosting(builder, live, options, Login::nowhere(), Updates::none())
}

pub(crate) fn hosting<R: Runtime>(
    builder: tauri::Builder<R>,
    live: Live,
    options: Options,
    login: Login,
    updates: Updates,
) -> tauri::Builder<R> {
    builder
        .invoke_handler(bindings().invoke_handler())
        .manage(live)
        .manage(options)
        .manage(login)
        .manage(updates)
        .manage(Language::of_system())
        .manage(OfDesktop::default())
        .manage(Notifications::default())
        .manage(GoesOn::default())
        .manage(Chooser::default())
        .manage(Tray::<R>::empty())
}

fn set_up<R: Runtime>(app: &AppHandle<R>, options: &Options) {
    #[cfg(target_os = "macos")]
    if let Err(cause) = app.set_activation_policy(tauri::ActivationPolicy::Accessory) {
        error!(%cause, "the app stays in the Dock");
    }
    bindings::<R>().mount_events(app);
    app.state::<Chooser>().begin(app);
    follow_the_settings(app.clone());
    let tray = app.state::<Tray<R>>();
    tray.appear(app);
    if app.state::<Updates>().begin(app) {
        // Whoever had it installed sees that it was, and what is new
        window::open(app, &Address::Updates);
    } else if !options.tray || !tray.is_there() {
        window::open(app, &Address::Window);
    }
    if options.update {
        app.state::<Updates>().update_now();
    }
    tray::follow_the_desktop(app);
    portal::follow_the_desktop(app);
    hand_on_snapshots(app.clone());
}

/// Colours and language are as they were chosen, now and after each change.
fn follow_the_settings<R: Runtime>(app: AppHandle<R>) {
    let live = app.state::<Live>();
    let changes = live.settings().subscribe();
    let now = live.settings().settings();
    std::thread::spawn(move || {
        for settings in std::iter::once(now).chain(changes) {
            appearance::wear(&app, settings.theme);
            text::speak(&app);
        }
    });
}

/// Each new snapshot goes to the tray, to the notifications and, where there is one, to the window. The thread sleeps until one comes.
fn hand_on_snapshots<R: Runtime>(app: AppHandle<R>) {
    let news = tell::begin(&app);
    let snapshots = app.state::<Live>().subscribe();
    std::thread::spawn(move || {
        for snapshot in snapshots {
            // It listens for as long as the app runs
            let _ = news.send(News::Snapshot(Arc::clone(&snapshot)));
            if let Some(window) = app.get_webview_window(window::LABEL)
                && let Err(cause) = SnapshotChanged(snapshot.as_ref().clone()).emit_to(&window, window::LABEL)
            {
                error!(%cause, "the window was not told of a new snapshot");
            }
            let handle = app.clone();
            let shown = app.run_on_main_thread(move || handle.state::<Tray<R>>().show(&handle, &snapshot));
            if let Err(cause) = shown {
                error!(%cause, "the tray was not told of a new snapshot");
            }
        }
    });
}

fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BRIDGEKEEPER_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new("warn,bridgekeeper_desktop=info,bridgekeeper_engine=info")
    });
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// GTK ends the process without a word of use where there is no display.
fn needs_a_display() -> Result<()> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
        bail!(
            "there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. On a terminal, use `bridgekeeper doctor`"
        );
    }
    Ok(())
}
