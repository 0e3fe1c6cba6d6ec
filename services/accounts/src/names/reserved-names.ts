/**
 * Words that nobody may register, because a reader would take the account for the server or for who runs it.
 * One list serves handles and display names: it is compared by skeleton, in any script.
 */
import { nameSkeleton } from './name-skeleton.ts'
import { formsOf } from './prototypes.ts'

/** Refused as any word of a name: "veche support", "admin.bob". */
export const TITLES = listed(`
  admin administrator administration sysadmin moderator operator official veche support helpdesk server postmaster
  hostmaster webmaster superuser
  админ администратор администрация сисадмин модератор оператор вече поддержка техподдержка сервер суперпользователь
  administraciya administratsiya administracia vetche vyeche podderzhka podderjka podderzka tehpodderzhka
  techpodderzhka
`)

/** Refused as a whole name only: they are also parts of honest ones. */
export const NAMES = listed(`
  system root help info security abuse service staff team owner bot nichatka
  all everyone everybody here channel group nobody anonymous unknown deleted null undefined user you api www mail
  система помощь справка безопасность служба владелец бот ничатка
  все всем группа канал никто аноним неизвестный удалён пользователь вы
  sistema pomosh pomoshch pomosch spravka bezopasnost sluzhba vladelec vladelets
  vse vsem gruppa kanal nikto anonim neizvestny udalen polzovatel
`)

const titleSkeletons = skeletonsOf(TITLES)
const wholeSkeletons = skeletonsOf([...TITLES, ...NAMES])

function skeletonsOf(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.flatMap(formsOf).map(nameSkeleton))
}

/** Whether a handle or display name is a reserved word, holds a reserved title, or looks as if it did. */
export function isReserved(name: string): boolean {
  return formsOf(name).some(isReservedAs)
}

function isReservedAs(name: string): boolean {
  const words = name.split(BETWEEN_WORDS)
  return isAmong(wholeSkeletons, words.join('')) || words.some((word) => isAmong(titleSkeletons, word))
}

/** "admin2" and "support24" are no better than without the number. */
function isAmong(skeletons: ReadonlySet<string>, word: string): boolean {
  return skeletons.has(nameSkeleton(word)) || skeletons.has(nameSkeleton(word.replace(TRAILING_NUMBER, '')))
}

function listed(words: string): readonly string[] {
  return words.trim().split(/\s+/)
}

/** A sign that can stand for a letter is part of its word. */
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}\p{S}@]+/u
const TRAILING_NUMBER = /[\p{N}\p{S}]+$/u
