/**
 * What Nichatka is told by strangers: tokens, fields, names and texts by browsers and hosts; and, on the other side, what
 * the widget is told by a service that means ill (C2). The file of its hosts is among the texts.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { utf8 } from '@veche/protocol'
import { type MutationTarget, MutationTrials } from '@veche/testkit'
import { expect, test } from 'vitest'
import { readFragments } from '../../packages/bell/src/read-fragments.ts'
import { parseNickname } from '../../services/nichatka/src/nickname.ts'
import { Refusal } from '../../services/nichatka/src/refusal.ts'
import { parseAddress } from '../../services/nichatka/src/request/address.ts'
import { Fields } from '../../services/nichatka/src/request/fields.ts'
import { queryOf } from '../../services/nichatka/src/request/list-query.ts'
import { parseListRequest } from '../../services/nichatka/src/request/list-request.ts'
import { parseGroupName, parseMessageText } from '../../services/nichatka/src/request/message-text.ts'
import { Zone } from '../../services/nichatka/src/times/zone.ts'
import { verifyToken } from '../../services/nichatka/src/token/token.ts'
import { elementNames, isAttributeName } from '../nichatka/fragments.ts'

const NAMES = ['token', 'payload of a token', 'fields', 'list request', 'names and texts', 'fragments']

const trials = new MutationTrials(async () => [
  tokenTarget(),
  payloadTarget(),
  text('fields', ['user=vera&to=user%3Aboris&to=everyone&text=%D0%B4%D0%B0', '__proto__=1&a='], fieldsOf, [
    Refusal,
  ]),
  text('list request', [LIST, 'cursor=o12-40&limit=100&refresh=0', 'thread=5&box=all&status=all'], listOf, [
    Refusal,
  ]),
  text('names and texts', ['Вера Петровна', 'user:vera', 'group:12', 'два\r\nслова\u0007'], namesOf, [
    Refusal,
  ]),
  text('fragments', FRAGMENTS, fragmentsOf, [SyntaxError]),
])

test.each(NAMES)(trials.title, (name) => trials.run(name), trials.timeoutMs)

test('no decoder is left out', async () => {
  expect(await trials.names()).toEqual(NAMES)
})

const LIST =
  'box=all&status=new&color=red&priority=critical&from=vera&to=boris&group=3&since=2026-11-21&until=2026-11-30&q=a+b'
const FRAGMENTS = [
  '<span data-key="bell" data-unread="3"><span aria-hidden="true">3</span> <span>3 новых &amp; &lt;</span></span>',
  '<p data-key="notice" role="alert">да</p><form data-key="compose"><input type="text" name="q" required=""></form>',
]

function text(
  name: string,
  samples: readonly string[],
  decode: (text: string) => unknown,
  errors: MutationTarget['errors'],
): MutationTarget {
  const of = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
  return { name, samples: samples.map(utf8), errors, decode: (bytes) => decode(of(bytes)) }
}

const secret = randomBytes(32)
const hosts = new Map([['vehno', { key: { kind: 'hmac-sha256', secret } as const }]])

function sign(payload: string): string {
  const signed = `v1.${Buffer.from(payload).toString('base64url')}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** Only the token that was made is a token. */
function tokenTarget(): MutationTarget {
  const good = sign('{"sub":"vera","aud":"vehno","iat":1,"exp":300,"jti":"aaaaaaaa"}')
  const decode = (token: string) => {
    const { kind } = verifyToken(token, (name) => hosts.get(name))
    if (kind === 'verified' && token !== good) throw new Error('a token that was never made')
    if (kind !== 'verified') throw new Forged()
  }
  return text('token', [good], decode, [Forged])
}

class Forged extends Error {}

/** Signed whatever it is, as by a host with a mistake: only the five fields, each once, are claims. */
function payloadTarget(): MutationTarget {
  const samples = [
    '{"sub":"vera","aud":"vehno","iat":1,"exp":300,"jti":"aaaaaaaa"}',
    '{"jti":"12345678","exp":9,"iat":1,"aud":"vehno","sub":""}',
  ]
  const decode = (payload: string) => {
    const verified = verifyToken(sign(payload), (name) => hosts.get(name))
    if (verified.kind !== 'verified') throw new Forged()
    const { sub, aud, iat, exp, jti, ...rest } = verified.claims
    const isRight =
      (sub === '' || parseNickname(sub) === sub) &&
      aud === 'vehno' &&
      exp > iat &&
      exp - iat <= 900 &&
      jti.length >= 8
    if (!isRight || Object.keys(rest).length > 0) throw new Error('claims that there cannot be')
    ensureUnpolluted()
  }
  return text('payload of a token', samples, decode, [Forged])
}

function fieldsOf(form: string): unknown {
  const fields = new Fields()
  fields.add(form)
  const taken = [
    fields.many('to'),
    fields.one('user'),
    fields.text('text'),
    fields.one('__proto__'),
    fields.one('a'),
  ]
  fields.end()
  ensureUnpolluted()
  return taken
}

const zone = new Zone('Europe/Moscow')

/** What is taken is asked for again by the buttons, in the same words. */
function listOf(form: string): unknown {
  const request = parsed(form)
  const again = parsed(queryOf(request))
  if (!isDeepStrictEqual([again.filter, again.page], [request.filter, request.page]))
    throw new Error('another list when asked for again')
  return request
}

function parsed(form: string) {
  const fields = new Fields()
  fields.add(form)
  const request = parseListRequest('panel', fields, zone)
  fields.end()
  return request
}

function namesOf(value: string): unknown {
  const message = parseMessageText(value)
  if (message !== undefined && parseMessageText(message) !== message)
    throw new Error('another text when kept again')
  const group = parseGroupName(value)
  if (group !== undefined && parseGroupName(group) !== group) throw new Error('another name when kept again')
  for (const name of [parseNickname(value), group]) {
    if (name !== undefined && /\p{C}/u.test(name)) throw new Error('a name that is not seen whole (C11)')
  }
  if (message !== undefined && /[^\P{Cc}\n\t]/u.test(message)) throw new Error('a control character (C12)')
  return value.includes(':') ? parseAddress(value) : undefined
}

interface Node {
  readonly name: string
  readonly attributes: Map<string, string>
  setAttribute(name: string, value: string): void
  append(child: Node | string): void
}

/** Whatever is read names nothing but what the contract names. */
function fragmentsOf(answer: string): unknown {
  const nodes: Node[] = []
  readFragments(answer, (name): Node => {
    const attributes = new Map<string, string>()
    const node = {
      name,
      attributes,
      setAttribute: (at: string, value: string) => void attributes.set(at, value),
      append() {},
    }
    nodes.push(node)
    return node
  })
  for (const { name, attributes } of nodes) {
    if (!elementNames.has(name)) throw new Error(`an element ${name} (C1)`)
    for (const attribute of attributes.keys()) {
      if (!isAttributeName(attribute.replaceAll(/\d/g, 'a')))
        throw new Error(`an attribute ${attribute} (C1)`)
    }
  }
  return nodes
}

function ensureUnpolluted(): void {
  const plain: Record<string, unknown> = {}
  for (const name of ['x', 'sub', 'user', 'to', 'a']) {
    if (plain[name] !== undefined) throw new Error('the prototype was changed (C14)')
  }
}
