import { chats } from './en/chats.ts'
import { entrance } from './en/entrance.ts'
import { frame } from './en/frame.ts'
import { group } from './en/group.ts'
import { notices, reasons } from './en/reasons.ts'
import { you } from './en/you.ts'

export const en = { ...frame, chats, entrance, group, notices, reasons, you }
