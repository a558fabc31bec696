; The same per-user installer for where Inno Setup cannot be had:
; makensis -DVERSION=0.1.0 -DBUNDLE=build/dist/strongroom -DICONS=build/icons -DOUT=Strongroom-setup.exe strongroom.nsi
Unicode true
!include "MUI2.nsh"
!include "FileFunc.nsh"

Name "Strongroom ${VERSION}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Strongroom"
InstallDirRegKey HKCU "Software\Strongroom" "InstallDir"
SetCompressor /SOLID lzma
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Strongroom"
!define MUI_ICON "${ICONS}/strongroom.ico"
!define MUI_UNICON "${ICONS}/strongroom.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\strongroom-window.exe"

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString AlsoData ${LANG_ENGLISH} "Also delete bots, deals and settings of Strongroom? Exchange keys stay in the Windows Credential Manager until you remove their accounts."
LangString AlsoData ${LANG_SIMPCHINESE} "是否同时删除 Strongroom 的机器人、交易和设置？交易所密钥会留在 Windows 凭据管理器中，直到你移除相应账户。"

Section
  SetOutPath "$INSTDIR"
  RMDir /r "$INSTDIR\_internal"
  File /r "${BUNDLE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Strongroom.lnk" "$INSTDIR\strongroom-window.exe"
  WriteRegStr HKCU "Software\Strongroom" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "Software\Classes\.strongroom" "" "Strongroom.Bot"
  WriteRegStr HKCU "Software\Classes\Strongroom.Bot\shell\open\command" "" '"$INSTDIR\strongroom-window.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\Strongroom.Bot\DefaultIcon" "" "$INSTDIR\strongroom-window.exe,0"
  WriteRegStr HKCU "Software\Classes\strongroom" "" "URL:Strongroom"
  WriteRegStr HKCU "Software\Classes\strongroom" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\strongroom\shell\open\command" "" '"$INSTDIR\strongroom-window.exe" "%1"'
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Strongroom"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Strongroom authors"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\strongroom-window.exe"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section "Uninstall"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\strongroom.exe"
  Delete "$INSTDIR\strongroom-window.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Strongroom.lnk"
  DeleteRegKey HKCU "Software\Classes\.strongroom"
  DeleteRegKey HKCU "Software\Classes\Strongroom.Bot"
  DeleteRegKey HKCU "Software\Classes\strongroom"
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Strongroom" ; "Start at login" in the program
  DeleteRegKey HKCU "Software\Strongroom"
  DeleteRegKey HKCU "${UNINSTALL}"
  IfSilent keep
  MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(AlsoData)" IDNO keep
  RMDir /r "$LOCALAPPDATA\strongroom"
  keep:
SectionEnd
