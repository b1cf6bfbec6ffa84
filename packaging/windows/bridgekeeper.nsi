; The installer for Windows: for one user, without an administrator.
;
; makensis -DVERSION=0.1.0 -DPROGRAMS=dir -DLICENCE=file -DICON=file -DOUTPUT=file [-DTARGET=amd64-unicode] [-DFAST]
;          bridgekeeper.nsi
;
; Switches of the installer: /S silent, /PATH puts the console program on the user's PATH, /LOGIN starts the app at
; sign-in, /R starts it when done, /ARGS with the words that follow, /D=folder. Switches of the uninstaller: /S silent, /UNDO puts Claude's configs back as
; they were. Without /UNDO the configs stay, and go on working: they name the copy of the bridge in ~\.bridgekeeper.
!ifdef TARGET
  Target ${TARGET}
!endif
Unicode true
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif
ManifestDPIAware true
RequestExecutionLevel user

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinMessages.nsh
!include StrFunc.nsh
${StrLoc}
${UnStrRep}

!define NAME "Bridgekeeper"
!define ID "app.bridgekeeper.desktop"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define WEBVIEW "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
!define WEBVIEW_PAGE "https://go.microsoft.com/fwlink/p/?LinkId=2124703"
; NSIS keeps 1,024 characters of a string; a longer PATH would come back cut
!define LONGEST_PATH 900

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${ID}" "Folder"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey FileDescription "${NAME} installer"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey LegalCopyright "The Bridgekeeper developers"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\bridgekeeper-desktop.exe"
!insertmacro MUI_PAGE_LICENSE "${LICENCE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString PROGRAMS_NAME ${LANG_ENGLISH} "Bridgekeeper"
LangString PROGRAMS_NAME ${LANG_GERMAN} "Bridgekeeper"
LangString PATH_NAME ${LANG_ENGLISH} "Console program on my PATH"
LangString PATH_NAME ${LANG_GERMAN} "Konsolenprogramm in meinen PATH"
LangString LOGIN_NAME ${LANG_ENGLISH} "Start when I sign in"
LangString LOGIN_NAME ${LANG_GERMAN} "Bei der Anmeldung starten"
LangString UNDO_NAME ${LANG_ENGLISH} "Put Claude's configs back as they were"
LangString UNDO_NAME ${LANG_GERMAN} "Claudes Konfiguration zurückstellen"
LangString PATH_TOO_LONG ${LANG_ENGLISH} "Your PATH is too long to be changed safely. Add this folder to it by hand:"
LangString PATH_TOO_LONG ${LANG_GERMAN} "Ihr PATH ist zu lang, um ihn sicher zu ändern. Tragen Sie diesen Ordner selbst ein:"
LangString NO_WEBVIEW ${LANG_ENGLISH} "The window needs Microsoft's WebView2 runtime, which was not found. Open the page where Microsoft offers it?"
LangString NO_WEBVIEW ${LANG_GERMAN} "Das Fenster braucht Microsofts WebView2-Laufzeit, die nicht gefunden wurde. Die Seite öffnen, auf der Microsoft sie anbietet?"
LangString UNDO_FAILED ${LANG_ENGLISH} "Some changes could not be taken back. The configs that are left name the bridge in .bridgekeeper, which stays. Remove the programs all the same?"
LangString UNDO_FAILED ${LANG_GERMAN} "Einige Änderungen ließen sich nicht zurücknehmen. Die übrigen Einträge nennen die Bridge in .bridgekeeper, die bleibt. Die Programme trotzdem entfernen?"

; A program that runs cannot be overwritten, but it can be renamed
!macro Put FILE
  ${If} ${FileExists} "$INSTDIR\${FILE}"
    ClearErrors
    Delete "$INSTDIR\${FILE}"
    ${If} ${Errors}
      Call FreeName
      Rename "$INSTDIR\${FILE}" "$INSTDIR\${FILE}.old-$R9"
    ${EndIf}
  ${EndIf}
  File "${PROGRAMS}/${FILE}"
!macroend

; The first number that no set-aside program of ours has, in $R9
Function FreeName
  StrCpy $R9 1
  ${While} ${FileExists} "$INSTDIR\*.old-$R9"
    IntOp $R9 $R9 + 1
  ${EndWhile}
FunctionEnd

Section "$(PROGRAMS_NAME)" SectionPrograms
  SectionIn RO
  SetOutPath "$INSTDIR"
  ; What an earlier installation set aside and nobody runs any more
  Delete "$INSTDIR\*.old-*"
  !insertmacro Put "bridgekeeper-desktop.exe"
  !insertmacro Put "bridgekeeper.exe"
  !insertmacro Put "mcp-bridge.exe"
  File /nonfatal "${PROGRAMS}/WebView2Loader.dll"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\bridgekeeper-desktop.exe"
  WriteRegStr HKCU "Software\${ID}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Bridgekeeper developers"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\bridgekeeper-desktop.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

Section /o "$(PATH_NAME)" SectionPath
  ReadRegStr $0 HKCU "Environment" "Path"
  ${StrLoc} $1 ";$0;" ";$INSTDIR;" ">"
  ${If} $1 == ""
    StrLen $2 "$0;$INSTDIR"
    ${If} $2 > ${LONGEST_PATH}
      DetailPrint "$(PATH_TOO_LONG) $INSTDIR"
      MessageBox MB_OK|MB_ICONINFORMATION "$(PATH_TOO_LONG)$\r$\n$INSTDIR" /SD IDOK
    ${Else}
      ${If} $0 == ""
        WriteRegExpandStr HKCU "Environment" "Path" "$INSTDIR"
      ${Else}
        WriteRegExpandStr HKCU "Environment" "Path" "$0;$INSTDIR"
      ${EndIf}
      SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
    ${EndIf}
  ${EndIf}
SectionEnd

Section /o "$(LOGIN_NAME)" SectionLogin
  WriteRegStr HKCU "${RUN}" "${NAME}" '"$INSTDIR\bridgekeeper-desktop.exe" --tray'
SectionEnd

Section "-webview"
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW}" "pv"
  ${If} $0 == ""
    ReadRegStr $0 HKLM "SOFTWARE\${WEBVIEW}" "pv"
  ${EndIf}
  ${If} $0 == ""
    ReadRegStr $0 HKCU "Software\${WEBVIEW}" "pv"
  ${EndIf}
  ${If} $0 == ""
  ${OrIf} $0 == "0.0.0.0"
    MessageBox MB_YESNO|MB_ICONQUESTION "$(NO_WEBVIEW)" /SD IDNO IDNO +2
    ExecShell "open" "${WEBVIEW_PAGE}"
  ${EndIf}
SectionEnd

; An update was installed silently by the app, which wants to be started again as it was started
Function .onInstSuccess
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/R" $R1
  ${IfNot} ${Errors}
    StrCpy $R1 ""
    ${GetOptions} $R0 "/ARGS" $R1
    Exec '"$INSTDIR\bridgekeeper-desktop.exe" $R1'
  ${EndIf}
FunctionEnd

Section "un.$(UNDO_NAME)" SectionUndo
  nsExec::ExecToLog '"$INSTDIR\bridgekeeper.exe" undo --all --yes'
  Pop $0
  ${If} $0 != 0
    MessageBox MB_YESNO|MB_ICONEXCLAMATION "$(UNDO_FAILED)" /SD IDYES IDYES +2
    Abort
  ${EndIf}
SectionEnd

Section "un.$(PROGRAMS_NAME)" SectionRemove
  SectionIn RO
  !macro Take FILE
    ClearErrors
    Delete "$INSTDIR\${FILE}"
    ${If} ${Errors}
      Delete /REBOOTOK "$INSTDIR\${FILE}"
    ${EndIf}
  !macroend
  !insertmacro Take "bridgekeeper-desktop.exe"
  !insertmacro Take "bridgekeeper.exe"
  !insertmacro Take "mcp-bridge.exe"
  !insertmacro Take "WebView2Loader.dll"
  Delete "$INSTDIR\*.old-*"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\${ID}"
  DeleteRegValue HKCU "${RUN}" "${NAME}"
  ReadRegStr $0 HKCU "Environment" "Path"
  StrLen $2 $0
  ${If} $2 <= ${LONGEST_PATH}
    ${UnStrRep} $1 ";$0;" ";$INSTDIR;" ";"
    ${If} $1 != ";$0;"
      ; Without the semicolons that were put around it
      StrLen $2 $1
      IntOp $2 $2 - 2
      ${If} $2 <= 0
        DeleteRegValue HKCU "Environment" "Path"
      ${Else}
        StrCpy $1 $1 $2 1
        WriteRegExpandStr HKCU "Environment" "Path" $1
      ${EndIf}
      SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
    ${EndIf}
  ${EndIf}
SectionEnd

; What the switches choose
Function .onInit
  SetShellVarContext current
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/PATH" $R1
  ${IfNot} ${Errors}
    SectionGetFlags ${SectionPath} $R2
    IntOp $R2 $R2 | 1
    SectionSetFlags ${SectionPath} $R2
  ${EndIf}
  ClearErrors
  ${GetOptions} $R0 "/LOGIN" $R1
  ${IfNot} ${Errors}
    SectionGetFlags ${SectionLogin} $R2
    IntOp $R2 $R2 | 1
    SectionSetFlags ${SectionLogin} $R2
  ${EndIf}
FunctionEnd

Function un.onInit
  SetShellVarContext current
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/UNDO" $R1
  ${IfNot} ${Errors}
    SectionGetFlags ${SectionUndo} $R2
    IntOp $R2 $R2 | 1
    SectionSetFlags ${SectionUndo} $R2
  ${ElseIf} ${Silent}
    SectionGetFlags ${SectionUndo} $R2
    IntOp $R2 $R2 & 0xFFFFFFFE
    SectionSetFlags ${SectionUndo} $R2
  ${EndIf}
FunctionEnd
