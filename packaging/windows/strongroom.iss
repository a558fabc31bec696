; Per-user installer: no administrator. Built by `python dev.py package installer`, which gives AppVersion, Bundle, Icons.
#define AppName "Strongroom"
#ifndef AppVersion
  #error AppVersion is given on the command line
#endif
; The value that switching on "Start at login" in the program writes.
#define RunKey "Software\Microsoft\Windows\CurrentVersion\Run"

[Setup]
AppId={{6B0F4B3E-3C86-4E58-9C6F-7C1C3C8D5E21}
AppName={#AppName}
AppVersion={#AppVersion}
AppPublisher=The Strongroom authors
DefaultDirName={localappdata}\Programs\Strongroom
DefaultGroupName={#AppName}
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
Compression=lzma2/max
SolidCompression=yes
OutputBaseFilename=Strongroom-{#AppVersion}-setup
SetupIconFile={#Icons}\strongroom.ico
UninstallDisplayIcon={app}\strongroom-window.exe
WizardStyle=modern
CloseApplications=yes
RestartApplications=no
ChangesAssociations=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[CustomMessages]
en.DesktopIcon=Put an icon on the desktop
en.AlsoData=Also delete bots, deals and settings of Strongroom?%n%nExchange keys stay in the Windows Credential Manager until you remove their accounts.
en.Start=Start Strongroom

[Tasks]
Name: "desktop"; Description: "{cm:DesktopIcon}"; Flags: unchecked

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{userprograms}\{#AppName}"; Filename: "{app}\strongroom-window.exe"; AppUserModelID: "io.strongroom.Strongroom"
Name: "{userdesktop}\{#AppName}"; Filename: "{app}\strongroom-window.exe"; Tasks: desktop

[Registry]
Root: HKCU; Subkey: "Software\Classes\.strongroom"; ValueType: string; ValueData: "Strongroom.Bot"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Strongroom.Bot"; ValueType: string; ValueData: "Strongroom bot"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Strongroom.Bot\shell\open\command"; ValueType: string; ValueData: """{app}\strongroom-window.exe"" ""%1"""
Root: HKCU; Subkey: "Software\Classes\Strongroom.Bot\DefaultIcon"; ValueType: string; ValueData: "{app}\strongroom-window.exe,0"
Root: HKCU; Subkey: "Software\Classes\strongroom"; ValueType: string; ValueData: "URL:Strongroom"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\strongroom"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKCU; Subkey: "Software\Classes\strongroom\shell\open\command"; ValueType: string; ValueData: """{app}\strongroom-window.exe"" ""%1"""
Root: HKCU; Subkey: "{#RunKey}"; ValueType: none; ValueName: "{#AppName}"; Flags: uninsdeletevalue dontcreatekey

[Run]
Filename: "{app}\strongroom-window.exe"; Description: "{cm:Start}"; Flags: nowait postinstall skipifsilent

[Code]
procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  { The answer that keeps everything is the default, also where nobody is asked. }
  if (Step = usPostUninstall) and not UninstallSilent() then
    if MsgBox(CustomMessage('AlsoData'), mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES then
      DelTree(ExpandConstant('{localappdata}\strongroom'), True, True, True);
end;
