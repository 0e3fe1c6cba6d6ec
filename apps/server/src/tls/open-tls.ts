/** Opens what the configuration says that the certificate comes from. */
import {
  type HttpHandler,
  LanTls,
  type Logger,
  type Sealing,
  type Signpost,
  serveTrustPage,
  TlsFiles,
  type TlsSource,
  trustSignpost,
} from '@veche/service-kit'
import type { ServerConfig } from '../server-config.ts'
import { authorityFileOf, type LanPlace, lanPlaceOf } from './lan.ts'

export interface OpenedTls {
  readonly source: TlsSource
  /** For those who come in plain text. */
  readonly signpost?: Signpost
  /** @returns false for what is no page of its own */
  readonly serve?: (...exchange: Parameters<HttpHandler>) => boolean
  readonly lanPlace?: () => LanPlace
}

/**
 * Undefined: plain HTTP.
 * @param port where the server listens, once it does
 * @throws TlsFileError, AuthorityError, MissingMasterKeyError, what the file system throws
 */
export async function openTls(
  config: ServerConfig,
  { sealing, log, port }: { readonly sealing: Sealing; readonly log: Logger; readonly port: () => number },
): Promise<OpenedTls | undefined> {
  const { tls, listen, publicUrl } = config
  if (tls === undefined) return undefined
  if (tls.kind === 'files') return { source: await TlsFiles.open(tls, log) }
  const publicHost = publicUrl && new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
  const source = await LanTls.open({ file: authorityFileOf(config), listen, publicHost, sealing }, log)
  const { authority } = source
  const lanPlace = () => lanPlaceOf(config, authority, port())
  const page = { authority, addresses: () => lanPlace().addresses }
  return {
    source,
    signpost: trustSignpost(page),
    serve: (request, response) => serveTrustPage(page, request, response),
    lanPlace,
  }
}
