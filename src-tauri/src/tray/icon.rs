//! The five shapes of the tray icon, each for the ground that it stands on and in the size in which it is shown.

use bridgekeeper_engine::view::Overall;
use tauri::image::Image;
use tauri::{AppHandle, Runtime};

/// What is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    overall: Overall,
    ground: Ground,
    /// Width and height.
    pixels: u32,
}

/// What the icon stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    #[cfg_attr(
        not(any(windows, test)),
        expect(dead_code, reason = "only a taskbar of Windows says that it is")
    )]
    Light,
    Dark,
    /// The system paints an icon of one colour to fit.
    #[cfg_attr(all(windows, not(test)), expect(dead_code, reason = "only the menu bar of macOS does"))]
    Any,
}

/// A picture of each size, the smallest first.
type Sizes = [(u32, &'static [u8]); 5];

macro_rules! sizes {
    ($name:literal) => {
        [
            (16, include_bytes!(concat!("../../../icons/tray/", $name, "-16.png"))),
            (20, include_bytes!(concat!("../../../icons/tray/", $name, "-20.png"))),
            (24, include_bytes!(concat!("../../../icons/tray/", $name, "-24.png"))),
            (32, include_bytes!(concat!("../../../icons/tray/", $name, ".png"))),
            (44, include_bytes!(concat!("../../../icons/tray/", $name, "-44.png"))),
        ]
    };
}

impl Look {
    /// How the state is shown in this system's tray as it is now.
    pub(super) fn now<R: Runtime>(app: &AppHandle<R>, overall: Overall) -> Self {
        Self { overall, ground: ground(), pixels: pixels(app) }
    }

    /// The picture, in the smallest size that need not be enlarged.
    pub(super) fn picture(self) -> tauri::Result<Image<'static>> {
        let sizes = sizes(self.overall, self.ground);
        let fits = sizes.iter().find(|(pixels, _)| *pixels >= self.pixels).unwrap_or(&sizes[4]);
        Image::from_bytes(fits.1)
    }
}

/// The menu bar of macOS is 22 points high and mostly drawn twice as fine. Linux' panels have 22 or 24 pixels and scale
/// what they get; twice as fine is the best to scale down.
#[cfg(not(windows))]
const fn pixels<R: Runtime>(_app: &AppHandle<R>) -> u32 {
    44
}

/// 16 pixels at 100 %, on the screen with the taskbar.
#[cfg(windows)]
fn pixels<R: Runtime>(app: &AppHandle<R>) -> u32 {
    let scale = app.primary_monitor().ok().flatten().map_or(1.0, |screen| screen.scale_factor());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "scales are small and positive"
    )]
    let pixels = (16.0 * scale).round() as u32;
    pixels
}

/// Linux says nothing of its panels' colour; they are dark unless somebody changed them.
#[cfg(not(windows))]
const fn ground() -> Ground {
    if cfg!(target_os = "macos") { Ground::Any } else { Ground::Dark }
}

/// Settings > Personalisation > Colours, "Windows mode". Dark where it was never set.
#[cfg(windows)]
fn ground() -> Ground {
    let colours = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize";
    let light =
        windows_registry::CURRENT_USER.open(colours).and_then(|key| key.get_u32("SystemUsesLightTheme"));
    if light.is_ok_and(|light| light == 1) { Ground::Light } else { Ground::Dark }
}

const fn sizes(overall: Overall, ground: Ground) -> Sizes {
    match (overall, ground) {
        (Overall::Failing, Ground::Light) => sizes!("failing"),
        (Overall::Failing, Ground::Dark) => sizes!("failing-dark"),
        (Overall::Failing, Ground::Any) => sizes!("failing-template"),
        (Overall::NeedsSignIn, Ground::Light) => sizes!("needs-sign-in"),
        (Overall::NeedsSignIn, Ground::Dark) => sizes!("needs-sign-in-dark"),
        (Overall::NeedsSignIn, Ground::Any) => sizes!("needs-sign-in-template"),
        (Overall::Starting, Ground::Light) => sizes!("starting"),
        (Overall::Starting, Ground::Dark) => sizes!("starting-dark"),
        (Overall::Starting, Ground::Any) => sizes!("starting-template"),
        (Overall::Connected, Ground::Light) => sizes!("connected"),
        (Overall::Connected, Ground::Dark) => sizes!("connected-dark"),
        (Overall::Connected, Ground::Any) => sizes!("connected-template"),
        (Overall::Idle, Ground::Light) => sizes!("idle"),
        (Overall::Idle, Ground::Dark) => sizes!("idle-dark"),
        (Overall::Idle, Ground::Any) => sizes!("idle-template"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const STATES: [Overall; 5] =
        [Overall::Failing, Overall::NeedsSignIn, Overall::Starting, Overall::Connected, Overall::Idle];

    #[test]
    fn each_state_has_a_shape_of_its_own_in_every_size_and_on_every_ground() {
        for ground in [Ground::Light, Ground::Dark, Ground::Any] {
            for pixels in [16, 20, 24, 32, 44] {
                let shapes: HashSet<Vec<bool>> = STATES
                    .map(|overall| {
                        let picture = Look { overall, ground, pixels }.picture().unwrap();
                        assert_eq!((picture.width(), picture.height()), (pixels, pixels));
                        // Where it is opaque, whatever the colour
                        picture.rgba().chunks(4).map(|pixel| pixel[3] > 127).collect()
                    })
                    .into();
                assert_eq!(shapes.len(), STATES.len(), "{ground:?} {pixels}");
            }
        }
    }

    #[test]
    fn an_odd_scale_gets_the_next_larger_picture() {
        let width = |pixels| {
            let look = Look { overall: Overall::Idle, ground: Ground::Dark, pixels };
            look.picture().unwrap().width()
        };
        assert_eq!([16, 17, 28, 48].map(width), [16, 20, 32, 44]);
    }
}
