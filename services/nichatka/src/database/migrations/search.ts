import type { Migration } from '@veche/service-kit'

/**
 * Search over the messages of one reader, however many those are and however many others have: one index finds who got
 * a message and what stands in it together, so that only what matches both is ever read. A part of a word is looked up
 * among the words that this host has ever used, and then the whole words in the index. PostgreSQL's pg_trgm could not do
 * this: where the locale is C, as in a database of ours, it passes over every letter but Latin ones.
 */
export const search: Migration = {
  name: '202611211750_search',
  sql: `
    -- Its runs of letters and digits in lower case. Longer words than any index takes are cut.
    CREATE FUNCTION plain_words(text text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
      ARRAY(SELECT left(word, 100) FROM regexp_split_to_table(lower(text), '[^[:alnum:]]+') word WHERE word <> '');
    CREATE FUNCTION trigrams(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
      ARRAY(SELECT DISTINCT substr(word, i, 3) FROM generate_series(1, char_length(word) - 2) i);

    CREATE TABLE known_word (
      host_id smallint NOT NULL,
      word text COLLATE "C" NOT NULL,
      PRIMARY KEY (host_id, word)
    );

    -- Those who got a row of delivery when the message was sent; 0 stands for everyone.
    ALTER TABLE message ADD COLUMN readers integer[] NOT NULL DEFAULT '{}';
    UPDATE message m SET readers = CASE WHEN to_everyone THEN '{0}' ELSE d.readers END
    FROM (SELECT host_id, message_id, array_agg(user_id ORDER BY user_id) AS readers FROM delivery GROUP BY 1, 2) d
    WHERE m.host_id = d.host_id AND m.id = d.message_id;
    ALTER TABLE message ALTER COLUMN readers DROP DEFAULT;
    INSERT INTO known_word SELECT DISTINCT host_id, unnest(plain_words(text)) FROM message;

    CREATE INDEX known_word_trigrams ON known_word USING gin (trigrams(word)) WITH (fastupdate = off);
    DROP INDEX message_words;
    -- Without a list of what is still to be sorted in, which each search would have to read through.
    CREATE INDEX message_search ON message USING gin (readers, words, plain_words(text)) WITH (fastupdate = off);`,
}
