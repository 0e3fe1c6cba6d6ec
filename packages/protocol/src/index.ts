export { compareBytes, concatBytes, equalBytes, LABELS, type Label, labelled, utf8 } from './bytes.ts'
export { decodeCanonical, decodeMessage, encodeMessage } from './canonical.ts'
export { DecodeError } from './decode-error.ts'
export { AccountId, ChatId, DeviceId, type IdKind, MessageId, randomId } from './ids.ts'
