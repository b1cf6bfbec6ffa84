//! A file for the user alone: its access list names nobody else and takes nothing over from its folder.
#![expect(unsafe_code, reason = "access lists have no safe interface")]

use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{CloseHandle, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetTokenInformation, PROTECTED_DACL_SECURITY_INFORMATION, SetFileSecurityW,
    TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

/// Lets nobody but the user open the file: not its owner, which may be every administrator.
pub(super) fn keep_to_the_user(file: &Path) -> io::Result<()> {
    // The whole list, protected from the folder's: full access to the file, for the user.
    let list = wide(format!("D:P(A;;FA;;;{})", user()?).encode_utf16());
    let path = wide(file.as_os_str().encode_wide());
    let mut descriptor = null_mut();
    // SAFETY: the text ends with a zero; what comes back is the system's and is given back below.
    succeeded(unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            list.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            null_mut(),
        )
    })?;
    let parts = DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
    // SAFETY: the path ends with a zero; the system has just made the descriptor.
    let set = succeeded(unsafe { SetFileSecurityW(path.as_ptr(), parts, descriptor) });
    // SAFETY: it is used no more.
    unsafe { LocalFree(descriptor) };
    set
}

/// The name that the system has for whoever runs this process (a SID as text).
fn user() -> io::Result<String> {
    let mut token = null_mut();
    // SAFETY: a process may always ask about itself.
    succeeded(unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) })?;
    // Aligned for what it will hold; a name has at most 68 bytes.
    let mut buffer = [0_usize; 32];
    let mut length = 0;
    // SAFETY: the length is the buffer's, in bytes.
    let read = succeeded(unsafe {
        let size = u32::try_from(size_of_val(&buffer)).unwrap_or(0);
        GetTokenInformation(token, TokenUser, buffer.as_mut_ptr().cast(), size, &raw mut length)
    });
    // SAFETY: it is used no more.
    unsafe { CloseHandle(token) };
    read?;
    let mut text = null_mut();
    // SAFETY: the system has filled the buffer with this structure, and the name in it points into the buffer.
    succeeded(unsafe {
        ConvertSidToStringSidW((*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid, &raw mut text)
    })?;
    Ok(taken(text))
}

/// A text that the system made, which gets its memory back.
fn taken(text: *mut u16) -> String {
    // SAFETY: the system's texts end with a zero, and nobody else has this one.
    unsafe {
        let mut length = 0;
        while *text.add(length) != 0 {
            length += 1;
        }
        let taken = String::from_utf16_lossy(std::slice::from_raw_parts(text, length));
        LocalFree(text.cast());
        taken
    }
}

fn wide(text: impl Iterator<Item = u16>) -> Vec<u16> {
    text.chain([0]).collect()
}

fn succeeded(outcome: i32) -> io::Result<()> {
    if outcome == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
pub(super) mod tests {
    use windows_sys::Win32::Security::Authorization::{
        ConvertSecurityDescriptorToStringSecurityDescriptorW, GetNamedSecurityInfoW, SE_FILE_OBJECT,
    };

    use super::*;

    /// The file's access list as text, an entry in each pair of brackets.
    fn list_of(file: &Path) -> String {
        let path = wide(file.as_os_str().encode_wide());
        let (mut descriptor, mut text) = (null_mut(), null_mut());
        // SAFETY: the path ends with a zero; only the descriptor is wanted, and it is given back.
        unsafe {
            let parts = DACL_SECURITY_INFORMATION;
            let (owner, group, list, audit) = (null_mut(), null_mut(), null_mut(), null_mut());
            let (name, kind) = (path.as_ptr(), SE_FILE_OBJECT);
            let code =
                GetNamedSecurityInfoW(name, kind, parts, owner, group, list, audit, &raw mut descriptor);
            assert_eq!(code, 0);
            let (revision, length) = (SDDL_REVISION_1, null_mut());
            succeeded(ConvertSecurityDescriptorToStringSecurityDescriptorW(
                descriptor,
                revision,
                parts,
                &raw mut text,
                length,
            ))
            .unwrap();
            LocalFree(descriptor);
        }
        taken(text)
    }

    /// Who may open the file, besides the user and the system itself, which Wine lets in everywhere.
    pub(in super::super) fn strangers(file: &Path) -> Vec<String> {
        let list = list_of(file);
        let user = user().unwrap();
        let entries = list.split('(').skip(1).filter_map(|entry| entry.split(')').next());
        let whom = entries.filter_map(|entry| entry.rsplit(';').next().map(str::to_owned));
        let whom: Vec<String> = whom.collect();
        // The built-in administrator has a short name in such texts.
        let is_user = |whom: &String| *whom == user || (whom == "LA" && user.ends_with("-500"));
        assert!(whom.iter().any(is_user), "{list} lets {user} in");
        whom.into_iter().filter(|whom| !is_user(whom) && whom != "SY").collect()
    }
}
