export { compareBytes, concatBytes, equalBytes, LABELS, type Label, labelled, utf8 } from './bytes.ts'
export { decodeCanonical, decodeMessage, encodeMessage } from './canonical.ts'
export { CODE_PREFIXES, type CodeKind, codeBody, codeKindOf } from './codes.ts'
export { DecodeError } from './decode-error.ts'
export {
  type Ed25519KeyPair,
  isSignedBy,
  keyPairFromSeed,
  newKeyPair,
  sign,
} from './ed25519.ts'
export { AccountId, ChatId, DeviceId, type IdKind, MessageId, randomId } from './ids.ts'
export {
  EMPTY_LOG_HASH,
  type HashedArchived,
  type HashedEntry,
  hashArchived,
  hashEntry,
  hashLog,
  type Sha256,
} from './log-hash.ts'
export { Turns } from './turns.ts'
