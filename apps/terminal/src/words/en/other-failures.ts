export const otherFailures = {
  unreachable: (it: string) =>
    `The server ${it} cannot be reached. Everything on this device is safe; please try again later.`,
  server_untrusted: (it: string) =>
    `Nobody whom this device trusts vouches for ${it}. If it is a server of your local network: veche trust ${it}`,
  authority_differs: (it: string) =>
    `The authority of ${it} is another one than the link or you say: somebody may stand between you and it. Nothing was sent, and nothing is trusted.`,
  web_differs: (it: string) =>
    `${it} does not serve the web app of this program. Either it runs another version, which its operator can tell you, or ` +
    'somebody has changed what it serves: until that is clear, use Veche by this program and not in a browser.',
  message_kept: (it: string) =>
    `The server cannot be reached. The message to ${it} is kept and goes out with the next run.`,
  message_kept_disk_full: (it: string) =>
    `There is no space left on the disk with this profile. The message to ${it} is kept and goes out with the next ` +
    'run for which there is space.',
  profile_busy: () => 'Another veche has this profile and does not answer. Please end it, then try again.',
  profile_held: () =>
    'Another veche has this profile open: this screen in another window, or listen. End it there, then start again.',
  profile_damaged: () =>
    'The files of this profile are damaged. They are left as they are; please keep a copy of the folder and ' +
    'report it.',
  disk_full: () =>
    'There is no space left on the disk with this profile. What was stored is untouched; free some space, then ' +
    'try again.',
  profile_unusable: (it: string) => `The folder of the profile cannot be used: ${it}.`,
  timeout: (it: string) => `The time ended; came: ${it}.`,
  interrupted: () => 'Interrupted.',
  internal: (it: string) =>
    `Something went wrong in veche itself (${it}). What this device had is safe; please report it.`,
}
