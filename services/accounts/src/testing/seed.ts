/** Of random tests, which name it when they fail: VECHE_SEED repeats a run. */
export const seed = Number.parseInt(process.env.VECHE_SEED ?? '', 10) || Date.now() % 2 ** 31
