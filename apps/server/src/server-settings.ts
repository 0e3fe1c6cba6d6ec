import {
  booleanSetting,
  choiceSetting,
  integerSetting,
  logLevels,
  pathSetting,
  textSetting,
} from '@veche/service-kit'

/** The options of the server as a whole; each service adds its own. */
export const serverSettings = {
  listen: textSetting({
    env: 'VECHE_LISTEN',
    default: '127.0.0.1',
    description:
      'The address to listen on. Any but a loopback one is refused without TLS: VECHE_TLS, VECHE_TLS_CERT, or ' +
      'VECHE_BEHIND_PROXY where a proxy gives it. With VECHE_TLS=lan or acme 0.0.0.0 if not set: everywhere.',
  }),
  port: integerSetting({
    env: 'VECHE_PORT',
    default: 8480,
    min: 0,
    max: 65_535,
    description: 'The port to listen on; 0 lets the system choose.',
  }),
  data: pathSetting({
    env: 'VECHE_DATA',
    default: './data',
    description: 'The folder of everything the server keeps; made when absent.',
  }),
  url: textSetting({
    env: 'VECHE_URL',
    default: undefined,
    description:
      'What links carry: the origin by which people reach the server. The address it listens on if not set.',
  }),
  databaseUrl: textSetting({
    env: 'DATABASE_URL',
    default: undefined,
    description:
      'A PostgreSQL server of yours, postgresql://user:password@host/database: 16 or later, for Nichatka alone 15. Embedded ' +
      'if not set.',
  }),
  masterKeyFile: pathSetting({
    env: 'VECHE_MASTER_KEY_FILE',
    default: undefined,
    description:
      'The key that seals what is stored. keys/master.key in the data folder if not set; made when absent.',
  }),
  services: textSetting({
    env: 'VECHE_SERVICES',
    default: undefined,
    description:
      'Which services run, with commas between them: “nichatka” alone runs without the messenger. All if not set; ' +
      '“veche services” lists them.',
  }),
  tls: choiceSetting({
    env: 'VECHE_TLS',
    default: 'files',
    choices: ['files', 'lan', 'acme'],
    description:
      'Where the certificate comes from. files: VECHE_TLS_CERT, and without it there is no TLS. lan: from a certificate ' +
      'authority of the server’s own, for the local network, without the internet. acme: from Let’s Encrypt or another of the ' +
      'internet, for the name in VECHE_URL; it is asked for and renewed over the port itself, which must be reached as 443.',
  }),
  mdns: booleanSetting({
    env: 'VECHE_MDNS',
    default: true,
    description:
      'With VECHE_TLS=lan: answer in the local network for this machine’s name (….local) and for veche.local, unless the system ' +
      'or another machine does already.',
  }),
  acmeDirectory: textSetting({
    env: 'VECHE_ACME_DIRECTORY',
    default: 'https://acme-v02.api.letsencrypt.org/directory',
    description: 'With VECHE_TLS=acme: which authority is asked (RFC 8555), by the URL of its directory.',
  }),
  tlsCert: pathSetting({
    env: 'VECHE_TLS_CERT',
    default: undefined,
    description:
      'A certificate, PEM, with those that lead to its root: the port then speaks TLS. Read again when the file changes.',
  }),
  tlsKey: pathSetting({
    env: 'VECHE_TLS_KEY',
    default: undefined,
    description: 'The key of VECHE_TLS_CERT, PEM, without a passphrase.',
  }),
  behindProxy: booleanSetting({
    env: 'VECHE_BEHIND_PROXY',
    default: false,
    description: 'A proxy of yours gives TLS and writes X-Forwarded-For; nobody else reaches this port.',
  }),
  accountRate: integerSetting({
    env: 'VECHE_ACCOUNT_RATE',
    default: 200,
    min: 0,
    max: 1_000_000,
    unit: 'calls per second',
    description: 'How often one account may call; five seconds’ worth at once. 0: without limit.',
  }),
  addressRate: integerSetting({
    env: 'VECHE_ADDRESS_RATE',
    default: 10,
    min: 0,
    max: 1_000_000,
    unit: 'calls per second',
    description:
      'How often one address may call before signing in (registration, login); thirty seconds’ worth at once. ' +
      '0: without limit.',
  }),
  reflection: booleanSetting({
    env: 'VECHE_REFLECTION',
    default: true,
    description: 'Tell programs what calls there are (gRPC reflection): what the published contract tells.',
  }),
  logLevel: choiceSetting({
    env: 'VECHE_LOG',
    default: 'info',
    choices: logLevels,
    description: 'The least level of what is logged to standard error, as JSON lines.',
  }),
} as const
