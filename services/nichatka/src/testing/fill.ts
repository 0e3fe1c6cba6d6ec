/**
 * Fills a database with a host of any size, fast: 10⁶ deliveries in well under a minute, 10⁷ in some minutes. For measuring, never
 * for a database that anybody uses: indexes are taken away meanwhile.
 *
 *     await fill(database, { host: 'bench', users: 2_000, messages: 330_000, recipients: 2, heavyDeliveries: 100_000 })
 *
 * There are users `user1` … `userN`; `user1` is the heavy one, who sends or receives about `heavyDeliveries`. Each message
 * has one sender and up to `recipients` who received it, so that deliveries ≈ messages × (1 + recipients). One message in
 * twenty goes to one of ten groups, one in `broadcastEvery` to everyone; one in five of the others answers an
 * earlier one, which its readers mostly do not have. Texts are 5 to
 * 20 words, Russian and English, common and rare; `word7000` stands in about one in `messages / 20`, so that a search can be
 * rare or common at will. Dates are spread over `days` up to `nowMs`. A tenth of what was received is new, a fifth hidden,
 * a tenth coloured. Counters and statistics are right afterwards (`recountUnread`).
 */
import type { Database, Queryable } from '@veche/service-kit'

export interface Filling {
  /** Must be new. */
  readonly host: string
  readonly users: number
  readonly messages: number
  /** Of each message, at most; 2 by default. */
  readonly recipients?: number
  /** None by default. */
  readonly heavyDeliveries?: number
  /** 500 by default. */
  readonly broadcastEvery?: number
  /** 365 by default. */
  readonly days?: number
  /** Now by default. */
  readonly nowMs?: number
}

export interface Filled {
  readonly hostId: number
  readonly deliveries: number
  readonly heavyDeliveries: number
}

const chunk = 100_000

export async function fill(database: Database, filling: Filling): Promise<Filled> {
  await using connection = await database.connect()
  await connection.query(
    `SET statement_timeout = 0; SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '64MB';
      -- What is being filled has no statistics yet.
      SET enable_nestloop = off; SET enable_mergejoin = off`,
  )
  const hostId = await insertHost(connection, filling)
  await connection.query(drafts)
  await withoutIndexes(connection, ['message', 'message_address', 'delivery'], async () => {
    for (let first = 1; first <= filling.messages; first += chunk) {
      const last = Math.min(first + chunk - 1, filling.messages)
      await draft(connection, filling, { hostId, first, last })
      await write(connection, filling, hostId)
    }
  })
  await insertWords(connection, hostId)
  await count(connection, hostId)
  await connection.query('VACUUM (ANALYZE) message, message_address, delivery, app_user, host, group_member')
  return await measure(connection, hostId)
}

async function insertHost(connection: Queryable, { host, users }: Filling): Promise<number> {
  const { rows } = await connection.query<{ id: number }>(
    'INSERT INTO host (name, last_group_id) VALUES ($1, 10) RETURNING id',
    [host],
  )
  const { id } = rows[0]!
  await connection.query(
    `INSERT INTO app_user
       (host_id, nickname, folded, sees_from_message_id, unread_ordinary, unread_important, unread_critical)
     SELECT $1, 'user' || i, 'user' || i, 1, 0, 0, 0 FROM generate_series(1, $2::integer) i ORDER BY i`,
    [id, users],
  )
  await connection.query(
    `INSERT INTO user_group (host_id, id, name, folded)
     SELECT $1, i, 'Group ' || i, 'group ' || i FROM generate_series(1, 10) i`,
    [id],
  )
  await connection.query(
    `INSERT INTO group_member (host_id, group_id, user_id)
     SELECT $1, 1 + id % 10, id FROM app_user WHERE host_id = $1`,
    [id],
  )
  return id
}

interface Range {
  readonly hostId: number
  readonly first: number
  readonly last: number
}

/** Who sends what to whom, of one chunk: a message is written with its readers, so that no row is written twice. */
const drafts = `
  CREATE TEMPORARY TABLE drafted (id bigint, sender_id integer, priority smallint, to_everyone boolean, answers boolean);
  CREATE TEMPORARY TABLE addressed
    (message_id bigint, position integer, user_id integer, group_id integer, member_ids integer[]);
  CREATE TEMPORARY TABLE reader (message_id bigint, user_id integer, incoming boolean)`

async function draft(
  connection: Queryable,
  { messages, recipients = 2, heavyDeliveries = 0, broadcastEvery = 500 }: Filling,
  { hostId, first, last }: Range,
): Promise<void> {
  // Of senders and recipients alike, so that the heavy user has both.
  const heavyShare = heavyDeliveries / (messages * (1 + recipients))
  await connection.query('TRUNCATE drafted, addressed, reader')
  await connection.query(
    `WITH who AS (SELECT min(id) AS lowest, count(*)::integer AS number FROM app_user WHERE host_id = $1)
     INSERT INTO drafted
     SELECT i, CASE WHEN random() < $4 THEN lowest ELSE lowest + floor(random() * number)::integer END,
       (ARRAY[0, 0, 0, 0, 0, 0, 0, 1, 1, 2])[1 + floor(random() * 10)::integer], i % $5 = 0, i % 5 = 0 AND i % $5 <> 0
     FROM who, generate_series($2::integer, $3::integer) i`,
    [hostId, first, last, heavyShare, broadcastEvery],
  )
  await connection.query(
    `WITH who AS (SELECT min(id) AS lowest, count(*)::integer AS number FROM app_user WHERE host_id = $1)
     INSERT INTO addressed
     SELECT id, position, user_id, NULL::integer, NULL::integer[] FROM (
       SELECT DISTINCT ON (id, user_id) id, position, CASE WHEN random() < $3 THEN lowest
         ELSE lowest + floor(random() * number)::integer END AS user_id
       FROM drafted, who, generate_series(1, $2::integer) position WHERE NOT to_everyone AND id % 20 <> 7) each
     UNION ALL
     SELECT id, 1, NULL, 1 + id / 20 % 10, ARRAY(
       SELECT lowest + abs(hashint8(id * 100 + n)) % number FROM generate_series(1, $2) n
       GROUP BY 1 HAVING lowest + abs(hashint8(id * 100 + min(n))) % number <> sender_id)
     FROM drafted, who WHERE NOT to_everyone AND id % 20 = 7`,
    [hostId, recipients, heavyShare],
  )
  await connection.query(
    `INSERT INTO reader
     SELECT message_id, user_id, bool_or(incoming) FROM (
       SELECT message_id, coalesce(user_id, member_id) AS user_id, true AS incoming
       FROM addressed LEFT JOIN LATERAL unnest(member_ids) member_id ON true
       WHERE user_id IS NOT NULL OR member_id IS NOT NULL
       UNION ALL
       SELECT id, sender_id, false FROM drafted
     ) each GROUP BY 1, 2`,
  )
}

async function write(
  connection: Queryable,
  { messages, days = 365, nowMs = Date.now() }: Filling,
  hostId: number,
): Promise<void> {
  await connection.query(
    `INSERT INTO message
       (host_id, id, sender_id, key, text, sent_at, priority, to_everyone, parent_id, thread_id, readers)
     SELECT $1, i, sender_id, 'key' || i, ${randomText},
       $2::timestamptz - make_interval(secs => $3 * 86400 * (1 - i / $4::float8)), priority, to_everyone,
       CASE WHEN answers THEN i - 3 END, CASE WHEN answers THEN i - 3 ELSE i END,
       CASE WHEN to_everyone THEN '{0}' ELSE readers END
     FROM (SELECT id AS i, sender_id, priority, to_everyone, answers FROM drafted) each
     JOIN (SELECT message_id, array_agg(user_id ORDER BY user_id) AS readers FROM reader GROUP BY 1) got ON message_id = i
     ORDER BY each.i`,
    [hostId, new Date(nowMs), days, messages],
  )
  await connection.query(
    `INSERT INTO message_address (host_id, message_id, position, user_id, group_id, member_ids)
     SELECT $1, * FROM addressed`,
    [hostId],
  )
  await connection.query(
    `INSERT INTO delivery (host_id, user_id, message_id, sender_id, status, color, shown_priority, incoming, outgoing)
     SELECT $1, user_id, id, sender_id,
       CASE WHEN NOT incoming THEN 1 ELSE (ARRAY[0, 1, 1, 1, 1, 1, 1, 1, 2, 2])[1 + floor(random() * 10)::integer] END,
       CASE WHEN random() < 0.1 THEN 1 + floor(random() * 8) ELSE 0 END,
       CASE WHEN random() < 0.02 THEN 2 ELSE priority END, incoming, user_id = sender_id
     FROM reader JOIN drafted ON id = message_id`,
    [hostId],
  )
}

/** A word's rank falls off steeply: the first stand in most texts, `word9999` in hardly any. */
const randomText = `(
  SELECT string_agg(CASE WHEN rank < array_length(common, 1) THEN common[rank + 1] ELSE 'word' || rank END, ' ')
  FROM (SELECT floor(10000 * power(random(), 3))::integer AS rank, common
    FROM generate_series(1, 5 + i % 16),
    (SELECT string_to_array('заявка договор счёт оплата склад проверить срочно отчёт встреча завтра сегодня сервер обновление '
      'пожалуйста согласовать документы клиент поставка задача готово server report payment customer delivery meeting '
      'contract invoice please update tomorrow testing', ' ') AS common) words) ranks)`

/** These texts are words with one space between, which says what `plain_words` does in a tenth of the time. */
async function insertWords(connection: Queryable, hostId: number): Promise<void> {
  await connection.query(
    `INSERT INTO known_word
     SELECT DISTINCT $1::smallint, unnest(string_to_array(text, ' ')) FROM message WHERE host_id = $1`,
    [hostId],
  )
}

async function count(connection: Queryable, hostId: number): Promise<void> {
  await connection.query(
    `UPDATE host SET last_message_id = last.id, last_sent_at = last.sent_at, broadcasts_ordinary = each[1],
       broadcasts_important = each[2], broadcasts_critical = each[3]
     FROM (SELECT id, sent_at FROM message WHERE host_id = $1 ORDER BY id DESC LIMIT 1) last,
       (SELECT ARRAY(SELECT count(*) FILTER (WHERE m.priority = p) FROM generate_series(0, 2) p
          LEFT JOIN message m ON m.host_id = $1 AND m.to_everyone GROUP BY p ORDER BY p) AS each) broadcasts
     WHERE host.id = $1`,
    [hostId],
  )
  await connection.query(
    `UPDATE app_user SET unread_ordinary = c.ordinary, unread_important = c.important, unread_critical = c.critical
     FROM (SELECT user_id, sum(more) FILTER (WHERE priority = 0) AS ordinary,
         sum(more) FILTER (WHERE priority = 1) AS important, sum(more) FILTER (WHERE priority = 2) AS critical
       FROM (
         SELECT u.id AS user_id, p AS priority, 0 AS more FROM app_user u, generate_series(0, 2) p WHERE host_id = $1
         UNION ALL SELECT user_id, shown_priority, 1 FROM delivery WHERE host_id = $1 AND incoming AND status = 0
         UNION ALL SELECT sender_id, priority, -1 FROM message WHERE host_id = $1 AND to_everyone
       ) each GROUP BY 1) c
     WHERE host_id = $1 AND id = c.user_id`,
    [hostId],
  )
  await connection.query(
    `UPDATE app_user SET read_incoming = read.number
     FROM (SELECT user_id, count(*) AS number FROM delivery
       WHERE host_id = $1 AND incoming AND status = 1 GROUP BY 1) read
     WHERE host_id = $1 AND id = read.user_id`,
    [hostId],
  )
}

/**
 * Built at once afterwards they take a tenth of the time. The keys of what is written in their order stay, for each
 * chunk to be found by.
 */
async function withoutIndexes(
  connection: Queryable,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows } = await connection.query<{ drop: string; make: string }>(
    `SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %I', x.relname)
         ELSE format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, c.conname) END AS drop,
       CASE WHEN c.oid IS NULL THEN pg_get_indexdef(x.oid)
         ELSE format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid)) END AS make
     FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
     LEFT JOIN pg_constraint c ON c.conindid = x.oid AND c.contype IN ('p', 'u')
     WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY ($1::name[])
       AND x.relname NOT IN ('message_pkey', 'message_address_pkey')`,
    [tables],
  )
  for (const { drop } of rows) await connection.query(drop)
  await work()
  for (const { make } of rows) await connection.query(make)
}

async function measure(connection: Queryable, hostId: number): Promise<Filled> {
  const { rows } = await connection.query<{ deliveries: bigint; heavy: bigint }>(
    `SELECT count(*) AS deliveries, count(*) FILTER (WHERE user_id = (
       SELECT id FROM app_user WHERE host_id = $1 AND nickname = 'user1')) AS heavy
     FROM delivery WHERE host_id = $1`,
    [hostId],
  )
  return { hostId, deliveries: Number(rows[0]!.deliveries), heavyDeliveries: Number(rows[0]!.heavy) }
}
