export const headings = {
  'Usage:': 'Usage:',
  'Arguments:': 'Arguments:',
  'Options:': 'Options:',
  'Commands:': 'Commands:',
  everywhere: 'Options of every command:',
  examples: 'Examples:',
  account: 'Your account:',
  talking: 'Talking:',
  server: 'The server:',
  exitCodes: 'Exit codes:',
  settings: 'Settings: environment variables, or lines of veche.toml (VECHE_PORT is port there):',
}

export const program = {
  summary: 'Veche: a messenger of your own, encrypted from one end to the other.',
  exitCodes: [
    [0, 'done'],
    [1, 'an internal error'],
    [2, 'wrong use'],
    [3, 'refused; the reason is told'],
    [4, 'the server cannot be reached; a message is kept and sent by the next run'],
    [5, 'the profile is busy or damaged'],
    [6, 'listen: the time ended before as many events came as were asked for'],
    [7, 'the passphrase of the profile is missing or wrong'],
    [130, 'interrupted'],
  ] as [number, string][],
  more: 'More about a command: veche COMMAND --help',
}
