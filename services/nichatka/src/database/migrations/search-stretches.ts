import type { Migration } from '@veche/service-kit'

/**
 * A search reads no more of the index than its page is likely to need: each message stands in it under the stretches of ids
 * that it belongs to, short ones and long ones, and any range of ids is a few of them. And words are found by their
 * forms, too, so that what was typed becomes words before the index of messages is asked, and that only once.
 */
export const searchStretches: Migration = {
  name: '202611220745_search_stretches',
  sql: `
    -- Of 2⁹, 2¹³, 2¹⁷ and 2²¹ ids, the length in the two lowest bits.
    CREATE FUNCTION stretches(id bigint) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
      ARRAY[(id >> 9) << 2, (id >> 13) << 2 | 1, (id >> 17) << 2 | 2, (id >> 21) << 2 | 3];
    CREATE INDEX known_word_forms ON known_word USING gin (to_tsvector('pg_catalog.russian', word))
      WITH (fastupdate = off);
    DROP INDEX message_search;
    CREATE INDEX message_search ON message USING gin (readers, words, plain_words(text), stretches(id))
      WITH (fastupdate = off);`,
}
