/**
 * Answers in the local network for names under .local (multicast DNS, RFC 6762), so that devices find a server whose address
 * nobody has written down. It answers for addresses alone, over IPv4, and on each link with the address of that link.
 *
 * States: asking (does anybody answer for a name?) → answering for the names that nobody had → stopped. A name that the system
 * itself answers for is left to it; one that another machine has is left to that. What comes is hostile: it is small, from
 * the local network, well-formed, or nothing.
 */
import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { decode, encode, type Packet, type StringAnswer } from 'dns-packet'
import { logEvents } from '../log/log-event.ts'
import type { Logger } from '../log/logger.ts'
import { isLocalAddress } from '../tls/lan-hosts.ts'

export interface MdnsOptions {
  /** Under .local, in small letters. */
  readonly names: readonly string[]
  /** IPv4 addresses of the machine, one for each link; looked at again every five seconds. */
  readonly addresses: () => readonly string[]
  readonly log: Logger
  /** 5353 by default, where everybody asks. */
  readonly port?: number
  /** How long between the three questions whether a name is free; 250 ms by default (RFC 6762 section 8.1). */
  readonly probeEveryMs?: number
}

/** Who answers for a name. `own`: this responder; `system`: this machine; `taken`: another one. */
export type NameHolder = 'own' | 'system' | 'taken'

interface Link {
  readonly address: string
  readonly socket: Socket
}

const group = '224.0.0.251'
const mdnsPort = 5353
const maxMessageBytes = 9000
const maxQuestions = 32
const probes = 3
const refreshEveryMs = 5_000
/** For records that name a host (RFC 6762 section 10). */
const ttlSeconds = 120
/** Far above what people's devices ask, and no load. */
const answersPerSecond = 20
const authoritative = 1 << 10

const events = logEvents({
  local_name: { holder: ['own', 'system', 'taken'] },
  local_names_unanswered: { error: 'error' },
})

export class MdnsResponder implements AsyncDisposable {
  readonly #options: MdnsOptions
  readonly #port: number
  readonly #socket: Socket
  readonly #holders = new Map<string, NameHolder>()
  readonly #timer: NodeJS.Timeout
  #links: readonly Link[] = []
  #isStopped = false
  #budget = answersPerSecond
  #budgetAtMs = 0

  /**
   * Resolves when it is known who answers for the names. Undefined where the network lets nobody ask: the reason is logged, and
   * people go by addresses.
   */
  static async start(options: MdnsOptions): Promise<MdnsResponder | undefined> {
    const responder = new MdnsResponder(options)
    try {
      await bound(responder.#socket, responder.#port, '0.0.0.0')
      await responder.#refresh()
      await responder.#probe()
      return responder
    } catch (error) {
      options.log.warn(events.local_names_unanswered, { error })
      await responder[Symbol.asyncDispose]()
      return undefined
    }
  }

  private constructor(options: MdnsOptions) {
    this.#options = options
    this.#port = options.port ?? mdnsPort
    this.#socket = createSocket({ type: 'udp4', reuseAddr: true })
    this.#socket.on('message', (message, from) => this.#take(message, from))
    this.#timer = setInterval(() => void this.#refresh(), refreshEveryMs).unref()
  }

  /** Undefined for a name that it was not made for. */
  holderOf(name: string): NameHolder | undefined {
    return this.#holders.get(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isStopped) return
    clearInterval(this.#timer)
    await this.#announce(0)
    this.#isStopped = true
    for (const { socket } of this.#links) socket.close()
    this.#socket.close()
  }

  async #refresh(): Promise<void> {
    const wanted = this.#options.addresses()
    const gone = this.#links.filter(({ address }) => !wanted.includes(address))
    const kept = this.#links.filter(({ address }) => wanted.includes(address))
    for (const { socket } of gone) socket.close()
    const added = wanted.filter((address) => kept.every((link) => link.address !== address))
    const opened = await Promise.all(added.map((address) => this.#openLink(address)))
    this.#links = [...kept, ...opened.filter((link) => link !== undefined)]
    if (opened.length > 0) await this.#announce(ttlSeconds)
  }

  /** Undefined where the address has gone again. */
  async #openLink(address: string): Promise<Link | undefined> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    try {
      await bound(socket, this.#port, address)
      socket.on('message', (message, from) => this.#take(message, from))
      socket.setMulticastInterface(address)
      socket.setMulticastTTL(255)
      this.#socket.addMembership(group, address)
      return { address, socket }
    } catch (error) {
      // Of two addresses of one link the second is a member already.
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return { address, socket }
      socket.close()
      return undefined
    }
  }

  async #probe(): Promise<void> {
    const { names, probeEveryMs = 250, log } = this.#options
    const questions = names.map((name) => ({ name, type: 'A', class: 'IN' }) as const)
    for (let count = 0; count < probes; count++) {
      await this.#send({ type: 'query', questions })
      await sleep(probeEveryMs)
    }
    for (const name of names) {
      if (!this.#holders.has(name)) this.#holders.set(name, 'own')
      log.info(events.local_name, { holder: this.#holders.get(name)! })
    }
    await this.#announce(ttlSeconds)
  }

  #take(message: Buffer, from: { readonly address: string; readonly port: number }): void {
    if (message.length > maxMessageBytes || !isLocalAddress(from.address)) return
    const packet = parse(message)
    if (packet === undefined) return
    if (packet.type === 'response') this.#learn(packet)
    else this.#answer(packet, from)
  }

  /** While it asks, an answer for a name says whose it is. */
  #learn({ answers = [] }: Packet): void {
    for (const answer of answers) {
      const name = answer.type === 'A' ? answer.name.toLowerCase() : ''
      if (answer.type !== 'A' || !this.#options.names.includes(name) || this.#holders.has(name)) continue
      this.#holders.set(name, this.#options.addresses().includes(answer.data) ? 'system' : 'taken')
    }
  }

  #answer(
    { id = 0, questions = [] }: Packet,
    from: { readonly address: string; readonly port: number },
  ): void {
    const asked = questions.slice(0, maxQuestions).filter(({ name, type }) => {
      return ['A', 'AAAA', 'ANY'].includes(type) && this.#holders.get(name.toLowerCase()) === 'own'
    })
    if (asked.length === 0 || !this.#mayAnswer()) return
    const names = [...new Set(asked.map(({ name }) => name.toLowerCase()))]
    // Who does not ask from the port of multicast DNS is a plain resolver (section 6.7).
    if (from.port !== this.#port) void this.#sendTo(from, { id, questions: asked }, names)
    else void this.#announce(ttlSeconds, names)
  }

  #mayAnswer(): boolean {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#budgetAtMs) this.#budget = answersPerSecond
    this.#budgetAtMs = second
    return this.#budget-- > 0
  }

  #announce(ttl: number, names: readonly string[] = this.#ownNames()): Promise<void> {
    if (names.length === 0) return Promise.resolve()
    return this.#send(({ address }) => ({
      type: 'response',
      flags: authoritative,
      answers: recordsOf(names, address, ttl),
    }))
  }

  #ownNames(): string[] {
    return [...this.#holders].filter(([, holder]) => holder === 'own').map(([name]) => name)
  }

  async #sendTo(
    from: { readonly address: string; readonly port: number },
    question: Packet,
    names: readonly string[],
  ): Promise<void> {
    const own = this.#links.find(({ address }) => sharesNetwork(address, from.address)) ?? this.#links[0]
    if (own === undefined) return
    const answers = recordsOf(names, own.address, 10).map((record) => ({ ...record, flush: false }))
    const message = encode({ ...question, type: 'response', flags: authoritative, answers })
    await sent(own.socket, message, from.port, from.address)
  }

  async #send(packet: Packet | ((link: Link) => Packet)): Promise<void> {
    if (this.#isStopped) return
    await Promise.all(
      this.#links.map((link) =>
        sent(link.socket, encode(typeof packet === 'function' ? packet(link) : packet), this.#port, group),
      ),
    )
  }
}

/** An address, and that there is no other kind of it: else devices wait for one over IPv6. */
function recordsOf(names: readonly string[], address: string, ttl: number): StringAnswer[] {
  return names.flatMap((name) => {
    const common = { name, class: 'IN', flush: true, ttl } as const
    const none = { ...common, type: 'NSEC', data: { nextDomain: name, rrtypes: ['A'] } }
    return [{ ...common, type: 'A', data: address }, none as unknown as StringAnswer] // the types know no NSEC
  })
}

function parse(message: Buffer): Packet | undefined {
  try {
    return decode(message)
  } catch {
    return undefined // no DNS
  }
}

/** Both begin with the same two numbers: good enough to choose among a machine's own addresses. */
function sharesNetwork(one: string, other: string): boolean {
  return one.split('.').slice(0, 2).join() === other.split('.').slice(0, 2).join()
}

function bound(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ port, address }, () => {
      socket.off('error', reject)
      socket.on('error', () => {}) // a link that went down is noticed when its address goes
      resolve()
    })
  })
}

/** What cannot be sent is asked for again by who misses it. */
function sent(socket: Socket, message: Buffer, port: number, address: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.send(message, port, address, () => resolve())
    } catch {
      resolve() // closed meanwhile
    }
  })
}
