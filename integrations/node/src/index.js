// @ts-check
export { bellHtml } from './bell-html.js'
export { NichatkaError, nameUsers } from './name-users.js'
export { createSigner } from './signer.js'
export { tokenHandler } from './token-handler.js'
