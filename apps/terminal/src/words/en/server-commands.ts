export const serverCommands = {
  admin: { summary: 'administer the server', details: '', examples: ['veche admin invite create'] },
  registration: {
    summary: 'show or set who may make an account',
    details: 'open: anyone; invite: whoever has an invite link; closed: no one.',
    examples: ['veche admin registration', 'veche admin registration open'],
  },
  invite: { summary: 'invite links', details: '', examples: ['veche admin invite create --uses 10'] },
  create: {
    summary: 'make an invite link',
    details: '',
    examples: ['veche admin invite create', 'veche admin invite create --uses 30 --expires 14d --json'],
  },
  authority: {
    summary: 'show how devices of the local network come to trust the server',
    details:
      'With VECHE_TLS=lan the server has a certificate authority of its own: this shows the page to open, as a QR code too, and ' +
      'the fingerprint to compare. Run on the server’s machine, as the user that the server runs as, with its settings.',
    examples: ['veche admin authority'],
  },
  keys: {
    summary: 'show the keys that seal what the server stores',
    details:
      'Run on the server’s machine, as the user that the server runs as, with its settings (VECHE_DATA); no profile ' +
      'is needed. With --wait: ends when nothing is left under old keys.',
    examples: ['veche admin keys', 'veche admin keys --wait --json'],
  },
  keysRotate: {
    summary: 'make a new master key',
    details:
      'The running server takes it up and moves everything under it, without a pause; after a crash it goes on. The ' +
      'old key still opens until it is retired. Copies made before need the old key: keep it with them.',
    examples: ['veche admin keys rotate', 'veche admin keys rotate --data'],
  },
  keysRetire: {
    summary: 'remove the old master keys',
    details: 'Refused as long as anything is under them.',
    examples: ['veche admin keys retire'],
  },
  nichatka: {
    summary: 'Nichatka: the systems that use it',
    details: 'A bell and a panel of messages in another system’s pages. More: docs/nichatka.md',
    examples: ['veche nichatka host list'],
  },
  nichatkaHost: {
    summary: 'the systems that use Nichatka',
    details:
      'Run on the server’s machine, as the user that the server runs as, with its settings (VECHE_DATA). The running ' +
      'server takes every change up by itself.',
    examples: ['veche nichatka host list'],
  },
  hostAdd: {
    summary: 'let a system use Nichatka',
    details:
      'Makes a key, with which that system’s server signs who its users are, and shows it this once. A system with a key ' +
      'pair of its own (Ed25519) gives its public key instead.',
    examples: [
      'veche nichatka host add vehno --origin https://tasks.example',
      'veche nichatka host add vehno --origin http://127.0.0.1:8000 --origin http://localhost:8000 --no-get-changes',
    ],
  },
  hostList: {
    summary: 'list the systems that use Nichatka',
    details: '',
    examples: ['veche nichatka host list'],
  },
  hostRotate: {
    summary: 'give a system another key',
    details: 'From then on the old key is worth nothing: have the system’s server ready to take the new one.',
    examples: ['veche nichatka host rotate vehno'],
  },
  hostRemove: {
    summary: 'take Nichatka from a system',
    details:
      'Its key is forgotten. What its users wrote stays in the database, and is there again for a system of that name.',
    examples: ['veche nichatka host remove vehno --yes'],
  },
  serve: {
    summary: 'run the server',
    details: 'Runs until Ctrl-C. Everything it needs is in its data folder.',
    examples: [
      'veche serve',
      'VECHE_PORT=8080 VECHE_DATA=/srv/veche veche serve',
      'veche serve --services nichatka',
    ],
  },
  services: {
    summary: 'list the services of the server and what each needs',
    details: '',
    examples: ['veche services'],
  },
}
