//! An update tried out: two versions of a package, a server on loopback, a publisher's key and a stranger's, all made for it.
//!
//! The app is the real one, started with `--update` in a clean root, and under Wine. It finds the newer version over https,
//! refuses a package that a stranger signed, takes the publisher's, has it installed, and begins anew as that version.

mod of_the_deb;
mod on_windows;
mod versions;

use anyhow::Result;

use crate::requirements::{C_COMPILER, MAKENSIS, NPM, OPENSSL, WINDOW, XVFB, ensure};
use crate::steps::Steps;
use crate::windows;

/// Where the server listens. It is built into both programs.
const PORT: u16 = 47_443;
/// Where the list of revoked certificates is served, over plain http.
const CRL_PORT: u16 = 47_444;
/// Makes the server's certificate, an authority for it, and that authority's empty list of revoked certificates.
const CERTIFICATES_SCRIPT: &str = "\
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.crt \
    -subj '/CN=Made to be tried out' -addext 'keyUsage=critical,keyCertSign,cRLSign' 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr \
    -subj '/CN=localhost' 2>/dev/null
printf 'subjectAltName=DNS:localhost\\nextendedKeyUsage=serverAuth\\n' >server.ext
printf 'crlDistributionPoints=URI:http://127.0.0.1:47444/ca.crl\\n' >>server.ext
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext \
    -out server.crt 2>/dev/null
openssl x509 -in ca.crt -outform DER -out ca.der
openssl dgst -sha1 -binary -out ca.sha1 ca.der
: >issued
printf '[ca]\\ndefault_ca = it\\n[it]\\ndatabase = issued\\ndefault_md = sha256\\ndefault_crl_days = 2\\n' >ca.conf
openssl ca -gencrl -config ca.conf -keyfile ca.key -cert ca.crt -out ca.crl.pem 2>/dev/null
openssl crl -in ca.crl.pem -outform DER -out ca.crl
";

/// Tries it on every system that can be had here, or says why not.
pub(super) fn try_out() -> Result<()> {
    let mut steps = Steps::default();
    steps.step("requirements", || {
        ensure(&[&[&C_COMPILER, &NPM, &OPENSSL], WINDOW].concat())?;
        if windows::obstacle().is_none() { ensure(&[&MAKENSIS, &XVFB]) } else { Ok(()) }
    })?;
    of_the_deb::try_out(&mut steps)?;
    on_windows::try_out(&mut steps)?;
    steps.summary();
    Ok(())
}
