/**
 * What is left of a name in any script when it is read as its nearest Latin look-alikes (after the idea of UTS #39
 * section 4). Meant only for comparing with the reserved words: it makes many letters one, so it is far too coarse
 * to say that two people's names are alike.
 */
export function nameSkeleton(name: string): string {
  return [...name.normalize('NFKD')].map(reading).join('')
}

/** The Latin letters that a character reads as; nothing for marks, symbols and what is not drawn. */
function reading(character: string): string {
  const small = character.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')
  return LATIN.get(character) ?? LATIN.get(small) ?? (/^[\p{L}\p{N}]/u.test(small) ? small : '')
}

/**
 * Latin spellings with the characters that look like them. A capital has a place of its own only where it looks like
 * another letter than its small one does (Greek Η and η). Letters that differ from Latin ones by an accent are not
 * here: NFKD takes them apart, as it does full-width and mathematical letters. Letters are expanded, never
 * contracted: m is rn, w is vv, d is cl, and i, j, l and 1 are one.
 */
const LOOK_ALIKES: readonly (readonly [latin: string, characters: string])[] = [
  ['a', 'аαɑᴀ4@⍺ꭺꓮᗅ𖽀𐊠Ꮞ'],
  ['b', 'вьъβʙƀɓƃƅ8б6Ꮾꓐᏼꮟᑲᖯᗷꞵ𐊂𐊡𐌁'],
  ['c', 'сςᴄƈȼꮯꓚⲥↄ𐐽𐐕𐊢𐌂𐔜𑣲𑣩'],
  ['cl', 'dԁđɖɗᴅꓒꓓꭰꮷժᑯᗞᗪ'],
  ['e', 'еєэεɛəɘǝᴇҽз3ɜꞫȝЗƷʒ€℮ꬲꓰꭼⴹ𐊆𑢦𑢮'],
  ['f', 'ƒꞙẝϝքꓝꬵᖴ𐊇𐊥𐔥𑣂𑢢'],
  ['g', 'ɡցɢǥɠ9գƍꓖꮐԍᶃᏻ'],
  ['h', 'нһհɦħʜΗꓧꮋꮒђћⱨⲎᕼ𐋏'],
  ['k', 'кκқҝҟƙᴋĸꓗꮶⲕⱪᛕ𐔘'],
  ['l', '1ijіɩɪıłɨӏιʟ|ƚɭꓡⲓꓲꭵꮮјյꓙꭻʝɉϳǀ∣⏽ꙇⵏᛁ⍳𑣃𖼨𐊊𐌉𐌠ⳑᒪᒍ𖼖𑢣𑢲𐐛𐔦۱'],
  ['n', 'пոռηᴎɴɲŋπΝꓠⲛƞ𐔓'],
  ['o', '0оοσօөɵøᴏᴑꓳⲟꬽჿഠဝ०੦૦௦౦೦൦๐໐၀۵০୦〇ⵔዐଠ𐓪𐓂𐐬𐐄𐊒𐊫𐔖𑣈𑣗𑣠𑢵'],
  ['p', 'рρƿᴘꓑꮲⲣ⍴ᑭ𐊕'],
  ['q', 'ԛզգʠɋⵕ'],
  ['r', 'гʀɾɼɽɍᴦꭇꭈꓣꭱꮢꮁⲅᖇ𐒴𖼵'],
  ['rn', 'mмɱᴍʍΜϻꓟꮇⲙᗰᛖ𐊰𐌑'],
  ['s', 'ѕʂ5$ꜱƨƽꓢꮪꮥտ𐑈𐐠𖼺𐊖𑣁𑢻'],
  ['t', 'тτŧᴛ7ƭʈꓔꭲⲧ⟙⊤𖼊𑢼𐊗𐊱𐌕'],
  ['u', 'υսʋᴜꞟꭎꭒꓴ∪⋃ሀᑌ𐓶𐓎𖽂𑣘𑢸'],
  ['v', 'νѵᴠꓦꮩ∨⋁ᐯꛟ𖼈۷ⴸ𑜆𑣀𑢠𐔝'],
  ['vv', 'wѡшщԝաɯωᴡꓪꮃꮤⲽ𑜊𑜎𑜏𑣯𑣦'],
  ['x', 'хχꓫҳⲭ×⤫⤬⨯╳᙮᙭ᕁᕽꭓⵝᚷ𐌢𐌗𐊐𐊴𐔧𑣬'],
  ['y', 'уүγʏƴɏɣᶌỿꭚყꓬꮍⲩᎩΥϒ𖽃𐊲𑣜𑢤'],
  ['z', 'ᴢʐƶȥ2ꓜꮓΖꚁ𐋵𑣄𑣥𑢩'],
]
const LATIN: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKES.flatMap(([latin, characters]) =>
    [...characters].map((character) => [character, latin] as const),
  ),
)
