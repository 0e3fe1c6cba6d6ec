/** Opens what the configuration says that the certificate comes from. */
import { join } from 'node:path'
import {
  AcmeTls,
  type HttpHandler,
  LanTls,
  type Logger,
  localAddresses,
  localNameOf,
  MdnsResponder,
  type Sealing,
  type ShowProof,
  type Signpost,
  serveTrustPage,
  TlsFiles,
  type TlsSource,
  trustSignpost,
} from '@veche/service-kit'
import type { ServerConfig } from '../server-config.ts'
import { authorityFileOf, type LanPlace, lanPlaceOf } from './lan.ts'

export interface OpenedTls extends AsyncDisposable {
  readonly source: TlsSource
  /** By which links name the server where nobody has set one; undefined: by the address that it listens on. */
  readonly hostName: string | undefined
  /** For those who come in plain text. */
  readonly signpost?: Signpost
  /** @returns false for what is no page of its own */
  readonly serve?: (...exchange: Parameters<HttpHandler>) => boolean
  readonly lanPlace?: () => LanPlace
  /** To be called when the port listens: what is to be proved is shown there. */
  readonly begin?: (show: ShowProof) => void
}

interface Surroundings {
  readonly sealing: Sealing
  readonly log: Logger
  /** Where the server listens, once it does. */
  readonly port: () => number
}

/**
 * Undefined: plain HTTP.
 * @throws TlsFileError, AuthorityError, MissingMasterKeyError, what the file system throws
 */
export async function openTls(config: ServerConfig, around: Surroundings): Promise<OpenedTls | undefined> {
  const { tls } = config
  switch (tls?.kind) {
    case undefined:
      return undefined
    case 'files': {
      const source = await TlsFiles.open(tls, around.log)
      return {
        source,
        hostName: source.hostName,
        [Symbol.asyncDispose]: async () => source[Symbol.dispose](),
      }
    }
    case 'lan':
      return openLan(config, around)
    case 'acme': {
      const { host, directory } = tls
      const source = await AcmeTls.open({ file: acmeFileOf(config), host, directory }, around.log)
      return {
        source,
        hostName: host,
        begin: (show) => source.begin(show),
        [Symbol.asyncDispose]: async () => source[Symbol.dispose](),
      }
    }
  }
}

function acmeFileOf({ dataFolder }: ServerConfig): string {
  return join(dataFolder, 'keys', 'acme.json')
}

async function openLan(config: ServerConfig, { sealing, log, port }: Surroundings): Promise<OpenedTls> {
  await using resources = new AsyncDisposableStack()
  const { listen, publicUrl } = config
  const publicHost = publicUrl && new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
  const options = { file: authorityFileOf(config), listen, publicHost, sealing }
  const source = resources.use(await LanTls.open(options, log))
  const names = await answerForNames(config, log)
  if (names) resources.use(names)
  const localName = localNameOf()
  const isFound = names === undefined ? false : names.holderOf(localName) !== 'taken'
  const [firstAddress = localName] = localAddresses(listen)
  const hostName = publicHost ?? (isFound ? localName : firstAddress)
  const { authority } = source
  const lanPlace = () => lanPlaceOf(config, { authority, port: port(), hostName })
  const page = { authority, addresses: () => lanPlace().addresses }
  const owned = resources.move()
  return {
    source,
    hostName,
    signpost: trustSignpost(page),
    serve: (request, response) => serveTrustPage(page, request, response),
    lanPlace,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Undefined where it is not to, or nobody in a network could ask. */
async function answerForNames(
  { listen, mdns }: ServerConfig,
  log: Logger,
): Promise<MdnsResponder | undefined> {
  const addresses = () => localAddresses(listen).filter((address) => !address.includes(':'))
  if (!mdns || addresses().length === 0) return undefined
  return MdnsResponder.start({ names: [...new Set([localNameOf(), 'veche.local'])], addresses, log })
}
