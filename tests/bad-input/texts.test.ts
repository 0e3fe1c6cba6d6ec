/**
 * Texts that people, links, environments and other machines give: command lines and their values, configuration, codes,
 * names, tokens.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { services, toServerConfig } from '@veche/app-server'
import {
  isWeakPassword,
  MIN_PASSWORD_CHARACTERS,
  parseRecoveryCode,
  parseRecoverySheetCode,
} from '@veche/client'
import { AccountId, ChatId, DecodeError, DeviceId, utf8 } from '@veche/protocol'
import { ConfigError, issueAccessToken, RpcError, verifyAccessToken } from '@veche/service-kit'
import { type MutationTarget, MutationTrials } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readServerConfig } from '../../apps/server/src/server-config.ts'
import { parseDuration } from '../../apps/terminal/src/duration.ts'
import { Failure } from '../../apps/terminal/src/failure.ts'
import { choiceArgument, countOption, durationOption } from '../../apps/terminal/src/given-values.ts'
import { parseInvite } from '../../apps/terminal/src/invite.ts'
import { createProgram } from '../../apps/terminal/src/program.ts'
import { usageFailure } from '../../apps/terminal/src/usage-failure.ts'
import { en } from '../../apps/terminal/src/words/en.ts'
import { KeyRing, MasterKeyError } from '../../packages/service-kit/src/keys/key-ring.ts'
import { displayNameFault } from '../../services/accounts/src/names/display-name.ts'
import { handleSkeleton, parseHandle } from '../../services/accounts/src/names/handle.ts'
import { parseRegistrationCode } from '../../services/accounts/src/registration/code.ts'
import { decodeWakeUp, encodeWakeUp } from '../../services/chats/src/stream/wake-up.ts'
import { decodeHosts, encodeHosts, HostsFileError } from '../../services/nichatka/src/hosts/hosts-file.ts'

const NAMES = [
  'command line',
  'values of options',
  'invite link',
  'recovery code',
  'recovery sheet',
  'password',
  'handle and display name',
  'registration code',
  'ids',
  'settings',
  'veche.toml',
  'hosts of Nichatka',
  'access token',
  'key ring',
  'wake-up',
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const trials = new MutationTrials(async () => [
  commandLine(),
  text('values of options', ['5', '90s', '1.5h', '7d', 'open'], valuesOf, [Failure]),
  text('invite link', ['https://veche.example/#code=vr-abc', 'vr-abcdefghijklmnopqrstuvwxyz'], parseInvite, [
    Failure,
  ]),
  text('recovery code', [WORDS], parseRecoveryCode, [DecodeError]),
  text('recovery sheet', [SHEET], parseRecoverySheetCode, [DecodeError]),
  text('password', ['olive harbour lantern seven'], passwordOf, []),
  text('handle and display name', ['alice', 'Анна-Мария', 'a_b.c-1'], namesOf, []),
  text('registration code', [`vr-${'a'.repeat(26)}`], parseRegistrationCode, []),
  text('ids', ['ijrdovzbrudstq5trbc4obtg64', 'a'.repeat(52)], idsOf, [DecodeError]),
  text(
    'settings',
    ['VECHE_PORT=8480\nVECHE_REGISTRATION=open\nVECHE_LISTEN=::1', 'VECHE_SERVICES=accounts,chats'],
    settingsOf,
    [ConfigError],
  ),
  text('veche.toml', ['port = 8480\nregistration = "open"\nbehind_proxy = true\n'], tomlOf, [ConfigError]),
  text('hosts of Nichatka', [HOSTS], hostsOf, [HostsFileError]),
  tokenTarget(),
  text('key ring', [KeyRing.of([randomBytes(32), randomBytes(32)]).encode()], (it) => KeyRing.decode(it), [
    MasterKeyError,
  ]),
  wakeUpTarget(),
])

test.each(NAMES)(trials.title, (name) => trials.run(name), trials.timeoutMs)

test('no decoder is left out', async () => {
  expect(await trials.names()).toEqual(NAMES)
})

const SHEET = `veche-recovery:1:${'0f'.repeat(16)}:alice@https://veche.example`
const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow'

const HOSTS = JSON.stringify({
  vehno: {
    key: `hmac-sha256:${randomBytes(32).toString('base64url')}`,
    origins: ['http://127.0.0.1:8000'],
    getChanges: true,
  },
  other: {
    key: `ed25519:${generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x}`,
    origins: ['https://tasks.example', 'https://b.example:8443'],
    getChanges: false,
  },
})

function text(
  name: string,
  samples: readonly string[],
  decode: (text: string) => unknown,
  errors: MutationTarget['errors'],
): MutationTarget {
  return {
    name,
    samples: samples.map(utf8),
    errors,
    decode: (bytes) => decode(Buffer.from(bytes).toString('utf8')),
  }
}

/** Arguments parted by zeros, as a shell would hand them over. */
function commandLine(): MutationTarget {
  const samples = [
    ['send', '@bob', 'привет', '--timeout', '5s', '--json'],
    ['admin', 'invite', 'create', '--uses', '5', '--expires', '7d'],
    [
      'register',
      '--handle',
      'alice',
      '--name',
      'Alice',
      '--invite',
      'vr-x',
      '--server',
      'http://localhost:1',
    ],
    ['--profile', 'p', 'listen', '--count', '2', '--timeout=5'],
    ['verify', '@bob', '--confirm', '--'],
  ]
  return {
    name: 'command line',
    samples: samples.map((argv) => utf8(argv.join('\0'))),
    errors: [Failure],
    decode: async (bytes) => {
      let called = 0
      const silent = { writeOut: () => {}, writeErr: () => {}, outputError: () => {} }
      const program = createProgram(en, silent, () => async () => void called++)
      try {
        await program.parseAsync(Buffer.from(bytes).toString('utf8').split('\0'), { from: 'user' })
      } catch (error) {
        throw isCommanders(error) ? usageFailure(error) : error
      }
      return called
    },
  }
}

type CommandersError = Parameters<typeof usageFailure>[0]

function isCommanders(error: unknown): error is CommandersError {
  return error instanceof Error && error.name === 'CommanderError'
}

function valuesOf(value: string): unknown {
  const durationMs = parseDuration(value)
  if (durationMs !== undefined && !(durationMs >= 0 && durationMs <= 3650 * 86_400_000)) {
    throw new Error('a duration out of range')
  }
  if (/^\d+$/.test(value)) return countOption(value, 1_000_000)
  return durationMs === undefined
    ? choiceArgument(value, ['open', 'closed'])
    : durationOption(value, 10 ** 12)
}

/** What is taken is written again as hosts of the same meaning (attack C14: and changes no object). */
function hostsOf(value: string): unknown {
  const hosts = decodeHosts(value)
  const again = encodeHosts(hosts)
  if (encodeHosts(decodeHosts(again)) !== again) throw new Error('other hosts when written and read')
  if (Object.keys(Object.prototype).length > 0) throw new Error('every object was changed')
  return hosts
}

function passwordOf(value: string): boolean {
  const isWeak = isWeakPassword(value)
  if (!isWeak && [...value.normalize('NFKC')].length < MIN_PASSWORD_CHARACTERS)
    throw new Error('too short, and taken')
  return isWeak
}

function namesOf(value: string): unknown {
  const handle = parseHandle(value)
  if (handle !== undefined && !/^[a-z0-9_.-]{3,32}$/.test(handleSkeleton(handle).slice(0, 32))) {
    throw new Error('a handle that is not of its form')
  }
  return [handle, displayNameFault(value)]
}

function idsOf(value: string): unknown {
  return value.length === 52 ? AccountId.parse(value) : ChatId.parse(value)
}

function settingsOf(value: string): unknown {
  const lines = value.split('\n').map((line) => line.split('=') as [string, string?])
  return toServerConfig(new Map(lines.map(([name, setting]) => [name, setting ?? ''])), services)
}

async function tomlOf(value: string): Promise<unknown> {
  await writeFile(join(folder, 'veche.toml'), value)
  return readServerConfig({ VECHE_DATA: folder }, services)
}

function tokenTarget(): MutationTarget {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const keyId = new Uint8Array(8).fill(1)
  const holder = {
    accountId: AccountId.fromBytes(new Uint8Array(32).fill(2)),
    deviceId: DeviceId.fromBytes(new Uint8Array(16).fill(3)),
  }
  const token = issueAccessToken({ keyId, privateKey }, holder, 0)
  const keys = { find: async (id: Uint8Array) => (id.every((byte) => byte === 1) ? publicKey : undefined) }
  const verify = async (given: string) => {
    await verifyAccessToken(keys, given, 0)
    if (given !== token) throw new Error('a token that was never issued')
  }
  return text('access token', [token], verify, [RpcError])
}

function wakeUpTarget(): MutationTarget {
  const heads = [{ chatId: ChatId.fromBytes(new Uint8Array(16).fill(1)), position: 5n }]
  const own = new Uint8Array(8).fill(1)
  return {
    name: 'wake-up',
    samples: encodeWakeUp(new Uint8Array(8).fill(2), { kind: 'heads', heads }),
    errors: [DecodeError],
    decode: (bytes) => decodeWakeUp(own, bytes),
  }
}
