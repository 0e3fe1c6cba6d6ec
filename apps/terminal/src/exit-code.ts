/** How a run ended, for scripts. The same list is in `veche --help` and docs/commands.md. */
export const exitCode = {
  done: 0,
  internal: 1,
  wrongUse: 2,
  /** The server, or a rule of this device, said no; the reason is told. */
  refused: 3,
  /** No server: what was to be sent is kept and goes out with the next run. */
  unreachable: 4,
  /** Another process has the profile, or its files are damaged. */
  profile: 5,
  /** `listen --count N --timeout S`: the time ended before N came. */
  timeout: 6,
  /** The profile is under a passphrase, and it was not given, or another one was. */
  locked: 7,
  /** Ctrl-C or a signal to end, before the command was done; 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
