import type { InternalRoute } from '../route.ts'

export const getTokenKeys: InternalRoute<'getTokenKeys'> =
  ({ keys: { token } }) =>
  () => ({ keys: [{ keyId: token.keyId, publicKey: token.publicKey }] })
