import { accounts } from '@veche/service-accounts'
import { chats } from '@veche/service-chats'
import { directory } from '@veche/service-directory'
import type { ServiceDefinition } from '@veche/service-kit'
import { nichatka } from '@veche/service-nichatka'

/** All services of Veche. What runs, and where, is decided in this app alone. */
export const services: readonly ServiceDefinition[] = [accounts, chats, directory, nichatka]
