/** The data keys of chats: each chat has its own, and for the time of a rotation the one before too. */
import { ChatId } from '@veche/protocol'
import { type DataKey, type DataKeyId, DataKeys, type Queryable, type Sealing } from '@veche/service-kit'

export const CHAT_LOG = 'chat log'

export class ChatKeys {
  readonly sealing: Sealing
  readonly dataKeys: DataKeys

  constructor(sealing: Sealing) {
    this.sealing = sealing
    this.dataKeys = new DataKeys(sealing, CHAT_LOG)
  }

  /** A new chat's. */
  create(transaction: Queryable, chatId: ChatId): Promise<DataKey> {
    return this.dataKeys.create(transaction, ChatId.toBytes(chatId))
  }

  /** Of several chats, each by its id. */
  async findAll(
    database: Queryable,
    wanted: readonly { readonly chatId: ChatId; readonly dataKeyId: DataKeyId }[],
  ): Promise<ReadonlyMap<ChatId, DataKey>> {
    const keys = await this.dataKeys.find(
      database,
      wanted.map(({ chatId, dataKeyId }) => ({ owner: ChatId.toBytes(chatId), id: dataKeyId })),
    )
    return new Map(wanted.map(({ chatId }, index) => [chatId, keys[index]!]))
  }
}
