/**
 * The link into a group (M13): https://HOST/#join=CODE, and `&code=` with a registration code where it also takes who has
 * no account yet. What follows # no server is sent. The code is "vi-" and base32 of
 *
 *   version (1 byte, 1) || chat id (16) || the invite's secret seed (32) || server id (16) || checksum (4)
 *
 * where the server id is the beginning of SHA-256("veche server id v1" || 0x00 || the server's identity key), and the
 * checksum that of SHA-256("veche invite link v1" || 0x00 || all before it). A code of another kind is told by its prefix and
 * never taken for this one, nor this one for another (A4).
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { base32nopad } from '@scure/base'
import {
  ChatId,
  CODE_PREFIXES,
  codeBody,
  codeKindOf,
  concatBytes,
  DecodeError,
  equalBytes,
  labelled,
} from '@veche/protocol'

export interface InviteLink {
  readonly chat: ChatId
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** 16 bytes: `serverIdOf` its identity key. */
  readonly serverId: Uint8Array
  /** Where it came as a link: URL of the server. */
  readonly server?: string
  /** Where it also takes who has no account yet. */
  readonly registration?: string
}

const VERSION = 1
const SERVER_ID_BYTES = 16
const SEED_BYTES = 32
const CHECKSUM_BYTES = 4
const BYTES = 1 + ChatId.bytes + SEED_BYTES + SERVER_ID_BYTES + CHECKSUM_BYTES
/** More than any link has. */
const MAX_CHARACTERS = 1000

/** @param server its URL */
export function formatInviteLink({
  server,
  registration,
  ...link
}: InviteLink & { readonly server: string }): string {
  const code = registration === undefined ? '' : `&code=${registration}`
  return `${server.replace(/\/+$/, '')}/#join=${formatInviteCode(link)}${code}`
}

/** Reads a link, or its code alone; also one that was copied with the ends of lines in it. @throws DecodeError */
export function parseInviteLink(text: string): InviteLink {
  if (text.length > MAX_CHARACTERS) throw new DecodeError('invite link: too long')
  const trimmed = text.replace(/\s+/g, '')
  const link = codeKindOf(trimmed) === undefined ? URL.parse(trimmed) : null
  if (!link) return parseInviteCode(trimmed)
  const fragment = new URLSearchParams(link.hash.slice(1))
  const registration = fragment.get('code') ?? undefined
  if (registration !== undefined && codeBody('registration', registration) === undefined)
    throw new DecodeError('invite link: its code is of another kind')
  const invite = parseInviteCode(fragment.get('join') ?? '')
  return { ...invite, server: `${link.protocol}//${link.host}`, ...(registration && { registration }) }
}

/** By which a link names a server, whatever it is reached under. @param identityKey 32 bytes */
export function serverIdOf(identityKey: Uint8Array): Uint8Array {
  return sha256(labelled('veche server id v1', identityKey)).slice(0, SERVER_ID_BYTES)
}

function formatInviteCode({ chat, seed, serverId }: InviteLink): string {
  const body = concatBytes(Uint8Array.of(VERSION), ChatId.toBytes(chat), seed, serverId)
  return `${CODE_PREFIXES.chatInvite}${base32nopad.encode(concatBytes(body, checksumOf(body))).toLowerCase()}`
}

function parseInviteCode(text: string): InviteLink {
  const body = codeBody('chatInvite', text)
  if (body === undefined) throw new DecodeError('invite link: not of this kind')
  const bytes = decodeBase32(body)
  if (bytes[0] !== VERSION) throw new DecodeError('invite link: of another version')
  if (bytes.length !== BYTES) throw new DecodeError('invite link: of another length')
  const end = BYTES - CHECKSUM_BYTES
  if (!equalBytes(checksumOf(bytes.subarray(0, end)), bytes.subarray(end)))
    throw new DecodeError('invite link: a character is wrong')
  const seedAt = 1 + ChatId.bytes
  return {
    chat: ChatId.fromBytes(bytes.slice(1, seedAt)),
    seed: bytes.slice(seedAt, seedAt + SEED_BYTES),
    serverId: bytes.slice(seedAt + SEED_BYTES, end),
  }
}

function checksumOf(body: Uint8Array): Uint8Array {
  return sha256(labelled('veche invite link v1', body)).slice(0, CHECKSUM_BYTES)
}

function decodeBase32(text: string): Uint8Array {
  try {
    return base32nopad.decode(text.toUpperCase())
  } catch (cause) {
    throw new DecodeError('invite link: a character is wrong', { cause })
  }
}
